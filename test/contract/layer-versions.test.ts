import { describe, expect, test } from "vitest";
import { lambdaFunction } from "../../src/aws/lambda/function.ts";
import { bytesArtifact, python } from "../../src/aws/lambda/inline-code.ts";
import { layer } from "../../src/aws/lambda/layer.ts";
import type { AddArgs } from "../../src/core/declare.ts";
import { zipOfOne } from "../../src/zip/one.ts";
import { bigZip } from "../support/big-zip.ts";
import { NoAnswer, Refusal } from "./fake/fake-service.ts";
import { fakeLambda } from "./fake/lambda.ts";
import type { FakeLambda } from "./fake/lambda.ts";
import { fakeObjects } from "./fake/objects.ts";
import { World } from "./world.ts";

const zipOf = (source: string) => zipOfOne("python/tools.py", Buffer.from(source));
const publish = "lambda.publishLayerVersion";

function start() {
  let lambda: FakeLambda | undefined;
  const objects = fakeObjects();
  const world = World.fake((clock) => {
    lambda = fakeLambda(clock, { objects: objects.bytes });
    return { lambda: lambda.client, s3: objects.client };
  });
  const { layers } = lambda ?? {};
  const declare =
    (more: Partial<AddArgs<typeof layer.schema>> = {}) =>
    () =>
      world.add(layer, { name: "tools", content: zipOf("answer = 42\n"), ...more });
  const versions = () => layers?.get("tools")?.versions.map(({ answer }) => answer.Version);
  return { world, declare, versions, objects };
}

describe("publishing a layer's version, which AWS does as often as it is asked", () => {
  test.for([
    ["nobody answers", new NoAnswer()],
    ["AWS fails", new Refusal("ServiceException", "An error occurred", 500)],
  ] as const)("once, when %s after it was done", async ([, fault]) => {
    const { world, declare, versions } = start();
    world.faults.lose(publish, fault);
    const { calls } = await world.apply(declare());
    expect(calls.filter((call) => call === "PublishLayerVersion")).toHaveLength(1);
    expect(versions()).toEqual([1]);
    expect((await world.apply(declare())).verdict).toBe("unchanged");
  });

  test("once more, when nothing came of it", async () => {
    const { world, declare, versions } = start();
    world.faults.once(publish, new NoAnswer());
    await world.apply(declare());
    expect(versions()).toEqual([1]);
  });

  test("of a layer that has versions: the older ones are not taken for it", async () => {
    const { world, declare, versions } = start();
    await world.apply(declare());
    world.faults.once(publish, new NoAnswer());
    await world.apply(declare({ content: zipOf("answer = 43\n") }));
    world.faults.lose(publish, new NoAnswer());
    await world.apply(declare());
    expect(versions()).toEqual([1, 2, 3]);
  });

  test("given up after five tries of which nothing came", async () => {
    const { world, declare, versions } = start();
    for (let count = 0; count < 5; count += 1) world.faults.once(publish, new NoAnswer());
    await expect(world.apply(declare())).rejects.toMatchObject({ code: "ENDPOINT_DOWN" });
    expect(versions()).toBeUndefined();
  });

  describe("while another run publishes one at the same time", () => {
    /** After the plan another publishes, and this one does not see that yet. */
    function racing(theirs: Partial<AddArgs<typeof layer.schema>> = {}) {
      const around = start();
      const { world } = around;
      const other = world.elsewhere();
      const meanwhile = async (): Promise<void> => {
        const content = zipOf("answer = 42\n");
        await other.apply(() => other.add(layer, { name: "tools", content, ...theirs }));
        world.faults.stale("lambda.listLayerVersions", { LayerVersions: [] });
      };
      return { ...around, meanwhile };
    }

    test("of two that are the same the first stays, and is used", async () => {
      const { world, declare, meanwhile, versions } = racing();
      const { calls } = await world.apply(declare(), meanwhile);
      expect(calls).toContain("DeleteLayerVersion");
      expect(versions()).toEqual([1]);
      expect(await world.properties(declare())).toMatchObject({ Version: 1 });
    });

    test("those that differ both stay", async () => {
      const { world, declare, meanwhile, versions } = racing({ description: "theirs" });
      await world.apply(declare(), meanwhile);
      expect(versions()).toEqual([1, 2]);
    });

    test("where it may not be removed, that is said", async () => {
      const { world, declare, meanwhile, versions } = racing();
      world.faults.once(
        "lambda.deleteLayerVersion",
        new Refusal("AccessDeniedException", "no lambda:DeleteLayerVersion", 403),
      );
      const { warnings } = await world.retiring("apply", declare(), { meanwhile });
      expect(warnings).toEqual([expect.stringContaining("another run published it too")]);
      expect(versions()).toEqual([1, 2]);
    });

    test("where the other removed it first, theirs is taken", async () => {
      const { world, declare, meanwhile, versions } = racing();
      await world.apply(declare(), async () => {
        await meanwhile();
        world.faults.stale(publish, { Version: 2 });
      });
      expect(versions()).toEqual([1]);
    });
  });

  /** As docs/teams.md has it. */
  describe("by a run that is killed", () => {
    const killed = new Refusal("ServiceException", "the process was killed here");
    const another = (calls: readonly string[]) =>
      calls.filter((call) => /^(?:Publish|Delete)/u.test(call));

    test("after it took effect, the next finds it", async () => {
      const { world, declare, versions } = start();
      world.faults.lose(publish, killed);
      await expect(world.apply(declare())).rejects.toThrow("killed");
      await world.clock.sleep(5_000);
      expect((await world.apply(declare())).verdict).toBe("unchanged");
      expect(versions()).toEqual([1]);
    });

    test("and before AWS lists it, the next publishes it too, and removes its own", async () => {
      const { world, declare, versions } = start();
      world.faults.lose(publish, killed);
      await expect(world.apply(declare())).rejects.toThrow("killed");
      const { calls } = await world.apply(declare());
      expect(another(calls)).toEqual(["PublishLayerVersion", "DeleteLayerVersion"]);
      expect(versions()).toEqual([1]);
      expect(await world.properties(declare())).toMatchObject({ Version: 1 });
    });

    test("between its version and the removal of that, both stay; keepVersions takes the older", async () => {
      const { world, declare, versions } = start();
      world.faults.lose(publish, killed);
      await expect(world.apply(declare())).rejects.toThrow("killed");
      world.faults.once("lambda.deleteLayerVersion", killed);
      await expect(world.apply(declare())).rejects.toThrow("killed");
      expect((await world.apply(declare())).verdict).toBe("unchanged");
      expect(versions()).toEqual([1, 2]);
      expect(await world.properties(declare())).toMatchObject({ Version: 2 });
      await world.apply(declare({ keepVersions: 1 }));
      expect(versions()).toEqual([2]);
    });
  });

  test("not tried again where AWS refuses it", async () => {
    const { world, declare, versions } = start();
    world.faults.once(publish, new Refusal("CodeStorageExceededException", "75 GB are used"));
    await expect(world.apply(declare())).rejects.toMatchObject({ code: "AWS_ERROR" });
    expect(versions()).toBeUndefined();
  });

  test("once for everything that differs", async () => {
    const { world, declare, versions } = start();
    await world.apply(declare());
    const more = { content: zipOf("answer = 43\n"), description: "d", license: "MIT" };
    await world.apply(declare({ ...more, compatibleRuntimes: ["python3.13"] }));
    expect(versions()).toEqual([1, 2]);
  });

  test("not for another order of runtimes, or one that is named twice", async () => {
    const { world, declare, versions } = start();
    await world.apply(declare({ compatibleRuntimes: ["python3.13", "python3.12"] }));
    const again = declare({ compatibleRuntimes: ["python3.12", "python3.13", "python3.12"] });
    expect((await world.apply(again)).verdict).toBe("unchanged");
    expect(versions()).toEqual([1]);
  });
});

describe("the versions of a layer", () => {
  test("are numbered on after all were deleted, and the newest counts on any page", async () => {
    const { world, declare, versions } = start();
    const at = (count: number) => declare({ content: zipOf(`answer = ${count}\n`) });
    for (const count of [1, 2, 3]) await world.apply(at(count));
    expect((await world.apply(at(3))).verdict).toBe("unchanged");
    await world.destroy(at(3));
    expect(versions()).toEqual([]);
    await world.apply(at(3));
    expect(versions()).toEqual([4]);
  });

  test("are kept as many as declared, the oldest removed first", async () => {
    const { world, declare, versions } = start();
    const at = (count: number, keepVersions?: number) =>
      declare({
        content: zipOf(`answer = ${count}\n`),
        ...(keepVersions === undefined ? {} : { keepVersions }),
      });
    for (const count of [1, 2, 3]) await world.apply(at(count));
    expect((await world.plan(at(3, 2))).changes).toEqual(["remove older versions: 1"]);
    expect((await world.plan(at(3, 3))).verdict).toBe("unchanged");
    const { changes } = await world.apply(at(4, 2));
    expect(changes.at(-1)).toBe("remove older versions: 1, 2");
    expect(versions()).toEqual([3, 4]);
    expect((await world.apply(at(4, 2))).verdict).toBe("unchanged");
  });

  test("that say what their content was built for, where nothing is declared", async () => {
    const { world, declare } = start();
    const zip = zipOf("answer = 42\n");
    const builtFor = { runtime: "python3.12", architecture: "arm64" };
    await world.apply(declare({ content: { ...bytesArtifact(zip, "tools.zip"), builtFor } }));
    expect((await world.plan(declare({ content: zip }))).changes).toEqual([
      'compatibleRuntimes: ["python3.12"] → []',
      'compatibleArchitectures: ["arm64"] → []',
      "publish a new version",
    ]);
  });
});

test("a layer whose content is still to be made may be published, and nothing else of it is open", async () => {
  const { world, declare } = start();
  const compatible = {
    compatibleRuntimes: ["python3.13"],
    compatibleArchitectures: ["arm64"],
  } as const satisfies Partial<AddArgs<typeof layer.schema>>;
  const from = (source: string) => () => {
    const maker = world.add(layer, { name: "maker", content: zipOf(source) });
    const made = (sha256: string) => bytesArtifact(zipOf(sha256), "made.zip");
    return declare({ content: maker.getProperty("CodeSha256").map(made), ...compatible })();
  };
  await world.apply(from("1"));
  expect((await world.apply(from("1"))).verdict).toBe("unchanged");
  const waits = ["publish a new version: pending (needs layer maker)"];
  expect((await world.plan(from("2"))).changes).toEqual(waits);
  await world.apply(from("2"));
  expect((await world.apply(from("2"))).verdict).toBe("unchanged");
});

test("a layer that is only referred to gives its newest version", async () => {
  const { world, declare } = start();
  const refer = () => world.get(layer, { name: "tools" });
  await expect(world.plan(refer)).rejects.toMatchObject({ code: "MISSING" });
  for (const description of ["1", "2", "3"]) await world.apply(declare({ description }));
  const uses = () =>
    world.add(lambdaFunction, {
      name: "f",
      role: "arn:aws:iam::123456789012:role/r",
      handler: "main.f",
      code: python`f = 1`,
      layers: [refer()],
    });
  expect((await world.plan(uses)).changes).toContain(
    'layers: ["arn:aws:lambda:eu-west-1:123456789012:layer:tools:3"]',
  );
  expect((await world.apply(uses)).verdict).toBe("create");
  expect((await world.apply(uses)).verdict).toBe("unchanged");
});

test("a layer over 50 MB goes through the account's bucket, under its sha256", async () => {
  const { world, declare, versions, objects } = start();
  const content = bytesArtifact(await bigZip(), "noise.zip");
  await world.apply(declare({ content }));
  expect(versions()).toEqual([1]);
  expect([...objects.bytes.keys()]).toEqual([`fake-artifacts/${content.sha256}`]);
  expect((await world.apply(declare({ content }))).verdict).toBe("unchanged");
});
