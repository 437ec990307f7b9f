/** Anything may fail, in real processes: the built command line, a proxy that lets calls fail, the embedded AWS. */
import { spawn } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Lambda } from "@aws-sdk/client-lambda";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { cleanEnvironment, command, eventsOf, inFolder, touchdown } from "../support/cli.ts";
import type { Ran, RunOptions } from "../support/cli.ts";
import { embeddedAws } from "../support/embedded-aws.ts";
import { faultProxy, fates } from "../support/fault-proxy.ts";
import type { Asked, Fate, FaultProxy } from "../support/fault-proxy.ts";
import { Random } from "../support/random.ts";
import { named, resources, Touchdownfile } from "./faults-touchdownfiles.ts";

let aws: Awaited<ReturnType<typeof embeddedAws>>;
let proxy: FaultProxy;
beforeAll(async () => {
  aws = await embeddedAws();
  proxy = await faultProxy(aws.endpoint);
});
afterAll(async () => {
  await proxy.stop();
  await aws.stop();
});
beforeEach(async () => {
  await aws.reset();
  proxy.use({});
});

const credentials = { accessKeyId: "test", secretAccessKey: "test" };
const env = {
  AWS_ACCESS_KEY_ID: credentials.accessKeyId,
  AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
};

/** Run a verb through the proxy. */
function go(
  verb: string,
  cwd: string,
  { more = [], ...options }: Partial<RunOptions> & { readonly more?: readonly string[] } = {},
): Promise<Ran> {
  const words = [verb, ...more, "--json", "--endpoint-url", proxy.endpoint];
  return touchdown([...words, ...(verb === "plan" ? [] : ["--yes"])], { cwd, env, ...options });
}

const summaryOf = (ran: Ran) => eventsOf(ran).at(-1);

/** One clean apply, and then all is there, once, and there is nothing to do. */
async function expectMended(cwd: string): Promise<void> {
  proxy.use({});
  const clean = await go("apply", cwd);
  expect({ exitCode: clean.exitCode, stderr: clean.stderr }).toEqual({ exitCode: 0, stderr: "" });
  const after = await go("plan", cwd);
  expect(summaryOf(after)).toMatchObject({ unchanged: resources, created: 0, updated: 0 });
  const lambda = new Lambda({ endpoint: aws.endpoint, region: "eu-west-1", credentials });
  const { Versions = [] } = await lambda.listVersionsByFunction({ FunctionName: "f" });
  expect(Versions.map(({ Version }) => Version)).toEqual(["$LATEST", "1"]);
  const { LayerVersions = [] } = await lambda.listLayerVersions({ LayerName: "tools" });
  expect(LayerVersions.map(({ Version }) => Version)).toEqual([1]);
}

/** Every failure is one of ours, with its code and a message. */
function expectSaid(ran: Ran): void {
  const failures = eventsOf(ran).filter(({ type }) => type === "failed");
  for (const { error } of failures) {
    expect(error).toMatchObject({ code: expect.stringMatching(/^(?!BUG$)[A-Z_]+$/u) as string });
  }
  expect(ran.exitCode).toBe(failures.length > 0 ? 1 : 0);
  expect(summaryOf(ran)).toMatchObject({ type: "summary", failed: failures.length });
}

/** By the seed alone, as far as calls come in the same order. */
function weather(seed: number): (asked: Asked) => Fate | undefined {
  const random = new Random(seed);
  const some = [random.pick(fates), random.pick(fates), random.pick(fates)] as const;
  const rate = random.pick([0.03, 0.1, 0.2]);
  return () => (random.chance(rate) ? random.pick(some) : undefined);
}

/** Kinds of faults that came about. */
const seen = new Set<string>();

test.each(Array.from({ length: 20 }, (_, seed) => seed + 1))(
  "schedule %i: in bad weather, and one clean run mends it",
  async (seed) => {
    await inFolder({ "Touchdownfile.ts": Touchdownfile }, async (cwd) => {
      for (let run = seed % 2; run <= 1; run += 1) {
        proxy.use({ fate: weather(seed * 10 + run) });
        expectSaid(await go("apply", cwd));
        for (const fault of proxy.faults()) seen.add(fault.slice(fault.lastIndexOf(": ") + 2));
      }
      await expectMended(cwd);
      if (seed % 4 !== 0) return;
      proxy.use({ fate: weather(seed * 10 + 2) });
      expectSaid(await go("destroy", cwd));
      proxy.use({});
      expect((await go("destroy", cwd)).exitCode).toBe(0);
      expect(summaryOf(await go("plan", cwd))).toMatchObject({ created: resources, unchanged: 0 });
    });
  },
);

test("all kinds of faults came about", () => {
  expect([...seen].toSorted()).toEqual([...fates].toSorted());
});

/** Run, and do something at the request that is meant, before it is handed on or after it took effect. */
async function goUntil(
  cwd: string,
  when: "before" | "after",
  isMeant: (asked: Asked, changes: number) => boolean,
  act: (kill: Kill) => void | Promise<void>,
  more: readonly string[] = [],
): Promise<Ran> {
  let kill: Kill = () => undefined;
  let changes = 0;
  let acted = false;
  const hook = async (asked: Asked): Promise<void> => {
    if (asked.changes) changes += 1;
    if (acted || !isMeant(asked, changes)) return;
    acted = true;
    await act(kill);
  };
  proxy.use({ [when]: hook });
  return go("apply", cwd, { more, onStart: (given) => (kill = given) });
}

type Kill = (signal: NodeJS.Signals) => void;

/** Of a process that is dead nothing goes on, nor does what it had asked for. */
const never = new Promise<void>(() => undefined);

function killed(kill: Kill): Promise<void> {
  kill("SIGKILL");
  return never;
}

describe("kill -9", () => {
  test("after each change that AWS made, again and again: it gets on, and all is there once", async () => {
    await inFolder({ "Touchdownfile.ts": Touchdownfile }, async (cwd) => {
      const ends: (number | undefined)[] = [];
      while (ends.at(-1) !== 0 && ends.length < 40) {
        const ran = await goUntil(cwd, "after", ({ changes }) => changes, killed);
        expect([undefined, 0]).toContain(ran.exitCode);
        ends.push(ran.exitCode);
      }
      expect(ends.at(-1)).toBe(0);
      expect(ends.length).toBeGreaterThan(5);
      await expectMended(cwd);
    });
  });

  test("before each change in turn: one clean apply mends it", async () => {
    await inFolder({ "Touchdownfile.ts": Touchdownfile }, async (cwd) => {
      let change = 0;
      let exitCode: number | undefined;
      while (exitCode !== 0) {
        change += 1;
        await aws.reset();
        const isMeant = (asked: Asked, changes: number) => asked.changes && changes === change;
        ({ exitCode } = await goUntil(cwd, "before", isMeant, killed));
        expect([undefined, 0]).toContain(exitCode);
        await expectMended(cwd);
      }
      expect(change).toBeGreaterThan(5);
    });
  });
});

describe("moved, and apply --prune", () => {
  const more = ["--prune"];

  async function functionNames(): Promise<string[]> {
    const lambda = new Lambda({ endpoint: aws.endpoint, region: "eu-west-1", credentials });
    const { Functions = [] } = await lambda.listFunctions({});
    return Functions.map(({ FunctionName = "" }) => FunctionName).toSorted();
  }

  /** What is declared first is there, and then something else is. */
  async function fromFirst(work: (cwd: string) => Promise<void>): Promise<void> {
    await inFolder({ "Touchdownfile.ts": named(false) }, async (cwd) => {
      expect((await go("apply", cwd)).exitCode).toBe(0);
      await writeFile(join(cwd, "Touchdownfile.ts"), named(true));
      await work(cwd);
      proxy.use({});
      expect((await go("apply", cwd, { more })).exitCode).toBe(0);
      expect(await functionNames()).toEqual(["g", "user"]);
      const after = await go("plan", cwd);
      expect(eventsOf(after).filter(({ type }) => type === "undeclared")).toEqual([]);
      expect(summaryOf(after)).toMatchObject({ unchanged: 4, created: 0, updated: 0, deleted: 0 });
    });
  }

  test("killed after each change, again and again: the first of a function goes after the second is there", async () => {
    await fromFirst(async (cwd) => {
      const ends: (number | undefined)[] = [];
      while (ends.at(-1) !== 0 && ends.length < 40) {
        const isMeant = ({ changes }: Asked): boolean => changes;
        ends.push((await goUntil(cwd, "after", isMeant, killed, more)).exitCode);
        const names = await functionNames();
        expect(names.includes("f") || names.includes("g")).toBe(true);
        expect(names).toContain("user");
      }
      expect(ends.at(-1)).toBe(0);
      expect(ends.length).toBeGreaterThan(5);
    });
  });

  test.each([31, 32])("schedule %i: in bad weather, and one clean run mends it", async (seed) => {
    await fromFirst(async (cwd) => {
      proxy.use({ fate: weather(seed) });
      expectSaid(await go("apply", cwd, { more }));
      expect(proxy.faults()).not.toEqual([]);
    });
  });
});

describe.each(["SIGINT", "SIGTERM", "SIGHUP"] as const)("%s", (signal) => {
  test("once: finishes what runs, says what was not tried, and ends with 130", async () => {
    await inFolder({ "Touchdownfile.ts": Touchdownfile }, async (cwd) => {
      const first = (asked: Asked) => asked.changes;
      const ran = await goUntil(cwd, "before", first, (kill) => kill(signal));
      expect(ran.exitCode).toBe(130);
      expect(eventsOf(ran).filter(({ type }) => type === "skipped")).not.toEqual([]);
      expect(eventsOf(ran).filter(({ type }) => type === "finished")).not.toEqual([]);
      expect(ran.stderr).toContain("stopping: what runs is finished first");
      await expectMended(cwd);
    });
  });
});

describe.each(["SIGINT", "SIGTERM"] as const)("%s", (signal) => {
  test("twice: stops now, also where AWS never answers", async () => {
    await inFolder({ "Touchdownfile.ts": Touchdownfile }, async (cwd) => {
      const first = (asked: Asked) => asked.changes;
      const ran = await goUntil(cwd, "after", first, async (kill) => {
        kill(signal);
        setTimeout(() => kill(signal), 200);
        await never;
      });
      expect(ran.exitCode).toBe(130);
      await expectMended(cwd);
    });
  });
});

test("a terminal that is closed in the middle, so that nothing can be said any more, ends the run", async () => {
  await inFolder({ "Touchdownfile.ts": Touchdownfile }, async (cwd) => {
    const words = ["apply", "--yes", "--endpoint-url", proxy.endpoint];
    let hangUp: () => void = () => undefined;
    proxy.use({ before: ({ changes }) => (changes ? hangUp() : undefined) });
    const child = spawn(process.execPath, [command, ...words], {
      cwd,
      env: { ...cleanEnvironment(), ...env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    hangUp = () => {
      child.stdout.destroy();
      child.stderr.destroy();
      child.kill("SIGHUP");
    };
    const exitCode = await new Promise((resolve) => child.on("exit", resolve));
    expect(exitCode).toBe(130);
    await expectMended(cwd);
  });
});
