/** What a user sees of a function's deploys when something comes between. */
import { describe, expect, test } from "vitest";
import { lambdaFunction } from "../../src/aws/lambda/function.ts";
import { python } from "../../src/aws/lambda/inline-code.ts";
import { writeZip } from "../../src/zip/write.ts";
import { start } from "./function-world.ts";
import type { Args } from "./function-world.ts";
import { Refusal } from "./fake/fake-service.ts";

const second = { code: python`f = 2` };
const killed = new Refusal("ServiceException", "the process was killed here");

describe("a settled function", () => {
  test("costs exactly one call", async () => {
    const { world, declare } = start();
    await world.apply(declare());
    expect((await world.plan(declare())).calls).toEqual(["GetFunction"]);
  });

  test("costs exactly one call where nothing is published", async () => {
    const { world, declare, versions } = start();
    await world.apply(declare({ publish: false }));
    expect((await world.plan(declare({ publish: false }))).calls).toEqual(["GetFunction"]);
    await world.apply(declare({ publish: false, ...second }));
    expect((await world.plan(declare({ publish: false, ...second }))).calls).toEqual([
      "GetFunction",
    ]);
    expect(versions()).toEqual([]);
  });
});

describe("versions", () => {
  test("there is one for each change, and none without", async () => {
    const { world, declare, versions } = start();
    await world.apply(declare());
    expect(versions()).toEqual(["1"]);
    await world.apply(declare());
    await world.apply(declare({ tags: { team: "media" }, reservedConcurrency: 3 }));
    expect(versions()).toEqual(["1"]);
    const both = await world.apply(declare({ ...second, timeout: 9 }));
    expect(both.calls.filter((call) => !/^(?:Get|List)/u.test(call))).toEqual([
      "UpdateFunctionCode",
      "UpdateFunctionConfiguration",
      "DeleteFunctionConcurrency",
      "UntagResource",
      "PublishVersion",
      "TagResource",
    ]);
    expect(versions()).toEqual(["1", "2"]);
    expect((await world.apply(declare({ ...second, timeout: 9 }))).verdict).toBe("unchanged");
  });

  test.each(["updateFunctionConfiguration", "publishVersion", "tagResource"])(
    "a run killed before %s is finished by the next, with one version in all",
    async (call) => {
      const { world, declare, versions } = start();
      const changed = declare({ ...second, timeout: 9 });
      await world.apply(declare());
      world.faults.once(`lambda.${call}`, killed);
      await expect(world.apply(changed)).rejects.toThrow("killed");
      await world.apply(changed);
      expect((await world.apply(changed)).verdict).toBe("unchanged");
      expect(versions()).toEqual(["1", "2"]);
    },
  );

  test("a run killed right after creating is finished by the next", async () => {
    const { world, declare, versions } = start();
    world.faults.lose("lambda.createFunction", killed);
    await expect(world.apply(declare())).rejects.toThrow("killed");
    expect((await world.apply(declare())).changes).toEqual([
      "note that it has settled: not noted → noted",
    ]);
    expect(versions()).toEqual(["1"]);
  });

  test("publish: false, once left out, publishes what there is", async () => {
    const { world, declare, versions } = start();
    await world.apply(declare({ publish: false }));
    expect(versions()).toEqual([]);
    await world.apply(declare());
    expect(versions()).toEqual(["1"]);
  });

  test("a change that somebody made and published elsewhere gets a version back", async () => {
    const { world, declare, client, versions } = start();
    await world.apply(declare());
    await client.updateFunctionConfiguration?.({ FunctionName: "f", Timeout: 60 });
    await world.clock.sleep(5_000);
    await client.publishVersion?.({ FunctionName: "f" });
    expect((await world.apply(declare())).changes).toEqual([
      "timeout: 60 → 3",
      "note that it has settled: not noted → noted",
      "publish a new version",
    ]);
    expect(versions()).toEqual(["1", "2", "3"]);
  });

  test("keepVersions keeps the newest and those that an alias names", async () => {
    const { world, declare, client, versions } = start();
    await world.apply(declare());
    for (const timeout of [11, 12, 13, 14]) await world.apply(declare({ timeout }));
    await client.createAlias?.({ FunctionName: "f", Name: "live", FunctionVersion: "1" });
    const RoutingConfig = { AdditionalVersionWeights: { "3": 0.1 } };
    await client.createAlias?.({
      FunctionName: "f",
      Name: "b",
      FunctionVersion: "4",
      RoutingConfig,
    });
    await client.createAlias?.({ FunctionName: "f", Name: "c", FunctionVersion: "4" });
    const keeping = declare({ timeout: 14, keepVersions: 1 });
    expect((await world.apply(keeping)).changes).toEqual(["remove older versions: keep 1"]);
    expect(versions()).toEqual(["1", "3", "4", "5"]);
    expect((await world.plan(keeping)).calls).toEqual(["GetFunction"]);
    const next = declare({ timeout: 15, keepVersions: 1 });
    expect((await world.plan(next)).changes).toEqual([
      "timeout: 14 → 15",
      "publish a new version",
      "remove older versions",
    ]);
    await world.apply(next);
    expect(versions()).toEqual(["1", "3", "4", "6"]);
    expect((await world.apply(next)).verdict).toBe("unchanged");
  });
});

describe("others at the same time", () => {
  test("a change between plan and act is not overrun", async () => {
    const { world, declare } = start();
    await world.apply(declare());
    const other = world.elsewhere();
    const theirs = () => other.add(lambdaFunction, { ...start().least, timeout: 60 });
    await expect(
      world.apply(declare({ timeout: 9 }), async () => void (await other.apply(theirs))),
    ).rejects.toMatchObject({ code: "PLAN_STALE" });
  });

  test("of two updates at once, the second is told that the other came first", async () => {
    const { world, declare } = start();
    await world.apply(declare());
    world.faults.once(
      "lambda.updateFunctionConfiguration",
      new Refusal("PreconditionFailedException", "The RevisionId provided does not match"),
    );
    await expect(world.apply(declare({ timeout: 9 }))).rejects.toMatchObject({
      code: "CHANGED_ELSEWHERE",
      message: "function f was changed by someone else during this run, and theirs came first",
    });
  });

  test("a function deleted in the middle is named as that", async () => {
    const { world, declare } = start();
    await world.apply(declare());
    world.faults.once(
      "lambda.updateFunctionCode",
      new Refusal("ResourceNotFoundException", "Function not found: f"),
    );
    await expect(world.apply(declare(second))).rejects.toMatchObject({
      code: "MISSING",
      message: "function f was deleted while it was being changed: Function not found: f",
    });
  });

  test("a delete during somebody's update waits for its end", async () => {
    const { world, declare, functions } = start();
    await world.apply(declare());
    const busy = new Refusal("ResourceConflictException", "An update is in progress");
    world.faults.once("lambda.deleteFunction", busy);
    expect((await world.destroy(declare())).calls.filter((call) => call.startsWith("Del"))).toEqual(
      ["DeleteFunction", "DeleteFunction"],
    );
    expect(functions.size).toBe(0);
  });

  test("an update still in progress is waited for", async () => {
    const { world, declare, client } = start();
    await world.apply(declare());
    await client.updateFunctionConfiguration?.({ FunctionName: "f", Timeout: 60 });
    expect((await world.apply(declare())).verdict).toBe("update");
  });
});

describe("what AWS refuses", () => {
  test("a role that was just created is waited for", async () => {
    const roles = new Set<string>();
    const { world, declare } = start(roles);
    let asked = 0;
    roles.has = () => (asked += 1) > 3;
    expect((await world.apply(declare())).verdict).toBe("create");
    expect(asked).toBe(4);
  });

  test("a function that AWS could not make says why", async () => {
    const { world, declare, functions } = start();
    await world.apply(declare());
    const kept = functions.get("f");
    if (kept === undefined) throw new Error("no function");
    kept.configuration = {
      ...kept.configuration,
      LastUpdateStatus: "Failed",
      LastUpdateStatusReason: "The subnet has no free addresses",
    };
    expect((await world.apply(declare())).changes).toEqual([
      "lastUpdate: The subnet has no free addresses → works",
      "publish a new version",
    ]);
  });

  test("an error that repeats a secret is shown without it", async () => {
    const { world, declare } = start();
    await world.apply(declare());
    const said = new Refusal("InvalidParameterValueException", "Bad value hunter2 in {A1=hunter2}");
    world.faults.once("lambda.updateFunctionConfiguration", said);
    const failed = await world
      .apply(declare({ environment: { A1: "hunter2" } }))
      .catch((error: unknown) => error);
    expect(failed).toMatchObject({ message: expect.stringContaining("Bad value … in {A1=…}") });
    expect(JSON.stringify(failed, Object.getOwnPropertyNames(failed))).not.toContain("hunter2");
  });
});

describe("code from S3", () => {
  const zipOf = async (text: string) =>
    (await writeZip([{ path: "main.py", bytes: Buffer.from(text) }])).bytes;
  const s3File = { bucket: "b", key: "k" };
  const fromS3 = { code: undefined, s3File } as unknown as Partial<Args>;

  test("the object's sha256 decides where S3 has it", async () => {
    const { world, declare, objects, versions } = start();
    objects.put("b/k", await zipOf("f = 1"), { sha256: true });
    await world.apply(declare(fromS3));
    objects.put("b/k", await zipOf("f = 1"), { sha256: true });
    expect((await world.plan(declare(fromS3))).calls).toEqual(["GetFunction", "HeadObject"]);
    expect((await world.apply(declare(fromS3))).verdict).toBe("unchanged");
    objects.put("b/k", await zipOf("f = 2"), { sha256: true });
    expect((await world.apply(declare(fromS3))).changes).toEqual([
      expect.stringMatching(/^take code from S3: sha256 [0-9a-f]{4}… → s3:\/\/b\/k$/u),
      "publish a new version",
    ]);
    expect((await world.apply(declare(fromS3))).verdict).toBe("unchanged");
    expect(versions()).toEqual(["1", "2"]);
  });

  test("without a sha256 its ETag does, remembered on the function", async () => {
    const { world, declare, objects } = start();
    objects.put("b/k", await zipOf("f = 1"));
    await world.apply(declare(fromS3));
    expect((await world.apply(declare(fromS3))).verdict).toBe("unchanged");
    objects.put("b/k", await zipOf("f = 2"));
    expect((await world.apply(declare(fromS3))).verdict).toBe("update");
    expect((await world.apply(declare(fromS3))).verdict).toBe("unchanged");
  });

  test("code that was replaced since is taken from there again", async () => {
    const { world, declare, objects, client } = start();
    objects.put("b/k", await zipOf("f = 1"));
    await world.apply(declare(fromS3));
    await world.apply(declare(second));
    expect((await world.apply(declare(fromS3))).changes).toContain("publish a new version");
    expect((await world.apply(declare(fromS3))).verdict).toBe("unchanged");
    await client.updateFunctionCode?.({ FunctionName: "f", ZipFile: await zipOf("f = 3") });
    await world.clock.sleep(5_000);
    expect((await world.apply(declare(fromS3))).verdict).toBe("update");
    expect((await world.apply(declare(fromS3))).verdict).toBe("unchanged");
  });

  test("with neither, a newer object does", async () => {
    const { world, declare, objects, functions } = start();
    objects.put("b/k", await zipOf("f = 1"), { at: world.clock.now() });
    await world.apply(declare(fromS3));
    delete functions.get("f")?.tags["touchdown:s3"];
    expect((await world.plan(declare(fromS3))).verdict).toBe("unchanged");
    objects.put("b/k", await zipOf("f = 2"), { at: world.clock.now() + 60_000 });
    expect((await world.plan(declare(fromS3))).verdict).toBe("update");
  });

  test("an object that is not there is named before the function is touched", async () => {
    const { world, declare } = start();
    await expect(world.apply(declare(fromS3))).rejects.toMatchObject({
      code: "MISSING",
      message: "function f: s3://b/k does not exist",
    });
  });
});
