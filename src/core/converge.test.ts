import { expect, test } from "vitest";
import * as z from "zod";
import { apply, plan } from "./converge.ts";
import type { Report, RunOptions } from "./converge.ts";
import { Declarations } from "./declare.ts";
import type { Scope } from "./declared.ts";
import { defineResource } from "./define.ts";
import { destroy } from "./destroy.ts";
import type { Event } from "./events.ts";
import { buildGraph } from "./graph.ts";
import { InvalidTouchdownfile } from "../errors.ts";
import { orRef } from "./input.ts";

/** A cloud of boxes: each has a size, a label and a secret. */
interface Box {
  size: number;
  label: string;
  secret: Record<string, string>;
}

class Cloud {
  readonly boxes = new Map<string, Box>();
  readonly calls: string[] = [];
  fail: string | undefined;
}

const box = defineResource({
  type: "test.box",
  noun: "box",
  schema: z.strictObject({
    name: z.string().max(8),
    size: orRef(z.int().min(1).max(9)).default(1),
    label: orRef(z.string()).default(""),
    secret: z.record(z.string(), orRef(z.string())).default({}),
  }),
  key: ["name"],
  secretArgs: ["secret"],
  read: (cloud: Cloud, { name }) => {
    cloud.calls.push(`read ${name}`);
    return Promise.resolve(cloud.boxes.get(name));
  },
  create: (cloud, { name }) => {
    cloud.calls.push(`create ${name}`);
    if (cloud.fail === name) throw new Error(`no room for ${name}`);
    cloud.boxes.set(name, { size: 1, label: "", secret: {} });
    return Promise.resolve();
  },
  aspects: {
    size: {
      fields: { size: { want: (want) => want.size, have: (have: Box) => have.size } },
      affects: ["Volume"],
      apply: (cloud, { want }) => {
        cloud.calls.push(`resize ${want.name}`);
        const have = cloud.boxes.get(want.name);
        if (have !== undefined) have.size = want.size;
        return Promise.resolve();
      },
    },
    text: {
      fields: {
        label: { want: (want) => want.label, have: (have: Box) => have.label },
        secret: { want: (want) => want.secret, have: (have: Box) => have.secret, secret: true },
      },
      apply: (cloud, { want }) => {
        const have = cloud.boxes.get(want.name);
        if (have !== undefined) Object.assign(have, { label: want.label, secret: want.secret });
        return Promise.resolve();
      },
    },
  },
  delete: (cloud, _have, { name }) => {
    cloud.calls.push(`delete ${name}`);
    cloud.boxes.delete(name);
    return Promise.resolve();
  },
  properties: {
    Volume: (have: Box) => `${have.size} l`,
    Label: (have: Box) => have.label,
  },
});

function world() {
  const cloud = new Cloud();
  const declarations = new Declarations();
  const scope: Scope = { label: "", open: () => Promise.resolve(cloud) };
  return {
    cloud,
    declarations,
    addBox: declarations.adder(box, scope),
    getBox: declarations.getter(box, scope),
  };
}

function run(events: Event[] = [], signal = new AbortController().signal): RunOptions {
  const clock = { now: () => 0, sleep: () => Promise.resolve() };
  const emit = (event: Event): void => void events.push(event);
  return { runtime: { emit, signal, clock, folder: "/" } };
}

const lines = (report: Report): string[] =>
  report.planned.map(({ name, verdict }) => `${name}: ${verdict}`);

async function problems(declarations: Declarations): Promise<string[]> {
  const error: unknown = await buildGraph(declarations.resources).catch((e: unknown) => e);
  if (!(error instanceof InvalidTouchdownfile)) throw new Error("nothing was refused");
  return error.problems.map(({ message }) => message);
}

test("a plan changes nothing, apply does what it said, a second apply has nothing to do", async () => {
  const { cloud, declarations, addBox } = world();
  const first = addBox({ name: "first", size: 3 });
  addBox({ name: "second", label: first.getProperty("Volume") });
  const graph = await buildGraph(declarations.resources);

  expect(lines(await plan(graph, run()))).toEqual(["box first: create", "box second: create"]);
  expect(cloud.calls).toEqual(["read first", "read second"]);

  const done = await apply(graph, run());
  expect(done.summary).toMatchObject({ created: 2, updated: 0, unchanged: 0, failed: 0 });
  expect(cloud.boxes.get("second")).toMatchObject({ label: "3 l" });

  cloud.calls.length = 0;
  const again = await apply(graph, run());
  expect(again.summary).toMatchObject({ created: 0, updated: 0, unchanged: 2 });
  expect(cloud.calls).toEqual(["read first", "read second"]);
});

test("an argument that waits is shown as pending, the others are compared", async () => {
  const { cloud, declarations, addBox } = world();
  cloud.boxes.set("second", { size: 2, label: "old", secret: {} });
  const first = addBox({ name: "first" });
  addBox({ name: "second", size: 5, label: first.getProperty("Label") });
  const report = await plan(await buildGraph(declarations.resources), run());
  expect(report.planned[1]?.changes).toEqual([
    { field: "size", kind: "changed", old: "2", new: "5" },
    { field: "label", kind: "pending", needs: ["box first"] },
  ]);
});

test("a property that an update will change is not promised", async () => {
  const { cloud, declarations, addBox } = world();
  cloud.boxes.set("first", { size: 2, label: "", secret: {} });
  cloud.boxes.set("second", { size: 1, label: "2 l", secret: {} });
  const first = addBox({ name: "first", size: 4 });
  addBox({ name: "second", label: first.getProperty("Volume") });
  const graph = await buildGraph(declarations.resources);
  const report = await plan(graph, run());
  expect(report.planned[1]?.changes[0]).toMatchObject({ field: "label", kind: "pending" });
  await apply(graph, run());
  expect(cloud.boxes.get("second")?.label).toBe("4 l");
});

test("secrets are shown by name only, unless asked for", async () => {
  const { cloud, declarations, addBox } = world();
  cloud.boxes.set("a", { size: 1, label: "", secret: { OLD: "x", KEY: "y" } });
  addBox({ name: "a", secret: { KEY: "hunter2", NEW: "z" } });
  const graph = await buildGraph(declarations.resources);
  const events: Event[] = [];
  const report = await plan(graph, run(events));
  expect(report.planned[0]?.changes).toEqual([
    { field: "secret.KEY", kind: "changed", secret: true },
    { field: "secret.NEW", kind: "added", secret: true },
    { field: "secret.OLD", kind: "removed", secret: true },
  ]);
  expect(JSON.stringify(events)).not.toContain("hunter2");
  const shown = await plan(graph, { ...run(), showValues: true });
  expect(shown.planned[0]?.changes[0]).toMatchObject({ old: "y", new: "hunter2" });
});

test("a failure skips only what depends on it, and says what was not tried", async () => {
  const { cloud, declarations, addBox } = world();
  cloud.fail = "first";
  const first = addBox({ name: "first" });
  addBox({ name: "second", label: first.getProperty("Label") });
  addBox({ name: "third" });
  const report = await apply(await buildGraph(declarations.resources), run());
  expect(report.summary).toMatchObject({ created: 1, failed: 1 });
  expect(report.failures[0]).toMatchObject({
    name: "box first",
    error: { message: "no room for first" },
  });
  expect(report.skipped).toEqual([
    { id: "test.box second", name: "box second", because: "box first" },
  ]);
  expect([...cloud.boxes.keys()]).toEqual(["third"]);
});

test("an interrupted run starts nothing new and says so", async () => {
  const { cloud, declarations, addBox } = world();
  const controller = new AbortController();
  const first = addBox({ name: "first" });
  addBox({ name: "second", label: first.getProperty("Label") });
  const graph = await buildGraph(declarations.resources);
  const emit = (event: Event): void => {
    if (event.type === "started") controller.abort();
  };
  const { runtime } = run([], controller.signal);
  const report = await apply(graph, { runtime: { ...runtime, emit } });
  expect(report.interrupted).toBe(true);
  expect([...cloud.boxes.keys()]).toEqual(["first"]);
  expect(report.skipped[0]?.because).toBe("the run was interrupted");
});

test("a confirmed plan that has become untrue stops, naming what changed", async () => {
  const { cloud, declarations, addBox } = world();
  cloud.boxes.set("a", { size: 2, label: "", secret: {} });
  addBox({ name: "a", size: 3 });
  const graph = await buildGraph(declarations.resources);
  const confirm = (): Promise<boolean> => {
    cloud.boxes.set("a", { size: 7, label: "", secret: {} });
    return Promise.resolve(true);
  };
  const report = await apply(graph, { ...run(), confirm });
  expect(report.failures[0]?.error.message).toBe("box a changed since the plan: size is 7 now");
  expect(cloud.boxes.get("a")?.size).toBe(7);
});

test("a no changes nothing", async () => {
  const { cloud, declarations, addBox } = world();
  addBox({ name: "a" });
  const confirm = (): Promise<boolean> => Promise.resolve(false);
  const report = await apply(await buildGraph(declarations.resources), { ...run(), confirm });
  expect(report).toMatchObject({ declined: true, summary: { created: 0 } });
  expect(cloud.boxes.size).toBe(0);
});

test("get… must exist, is never changed and never destroyed", async () => {
  const { cloud, declarations, getBox, addBox } = world();
  const there = getBox({ name: "there" });
  addBox({ name: "a", label: there.getProperty("Volume") });
  const graph = await buildGraph(declarations.resources);
  const missing = await plan(graph, run());
  expect(missing.failures[0]?.error).toMatchObject({
    code: "MISSING",
    message: "box there does not exist",
  });
  cloud.boxes.set("there", { size: 9, label: "mine", secret: { A: "1" } });
  await apply(graph, run());
  expect(cloud.boxes.get("a")?.label).toBe("9 l");
  await destroy(graph, run());
  expect([...cloud.boxes.keys()]).toEqual(["there"]);
});

test("destroy goes in reverse order, and again has nothing to do", async () => {
  const { cloud, declarations, addBox } = world();
  const first = addBox({ name: "first" });
  addBox({ name: "second", label: first.getProperty("Label") });
  const graph = await buildGraph(declarations.resources);
  await apply(graph, run());
  cloud.calls.length = 0;
  const gone = await destroy(graph, run());
  expect(gone.summary).toMatchObject({ deleted: 2, failed: 0 });
  expect(cloud.calls.slice(2)).toEqual(["delete second", "delete first"]);
  expect((await destroy(graph, run())).summary.deleted).toBe(0);
});

test("everything wrong in the whole file is said at once, before any call", async () => {
  const { cloud, declarations, addBox } = world();
  const first = addBox({ name: "far too long", size: 10 });
  addBox({ name: "b", size: "3" as never, labell: "x" } as never);
  addBox({ name: "b", label: first.getProperty("Volum" as never) });
  addBox({} as never);
  addBox({ name: "c", secret: { KEY: 5 as never } });
  expect(await problems(declarations)).toEqual([
    "box b is declared twice",
    'box far too long: name must be at most 8 characters long, got "far too long"',
    "box far too long: size must be at most 9, got 10",
    'box b: size must be a number, got "3"',
    'box b: labell is not an argument, did you mean "label"?',
    'box b: label is wrong: box far too long has no property "Volum", did you mean "Volume"?',
    "box ?: name is missing: it must be a string",
    "box c: secret.KEY must be a string, got a value not shown here",
  ]);
  expect(cloud.calls).toEqual([]);
});

test("a cycle is named", async () => {
  const { declarations, addBox } = world();
  const after: ReturnType<typeof addBox>[] = [];
  const a = addBox({ name: "a", dependsOn: after });
  const b = addBox({ name: "b", label: a.getProperty("Label") });
  after.push(b);
  expect(await problems(declarations)).toEqual(["these need each other: box a → box b → box a"]);
});

test("a ref's value is checked as soon as it is known, before the resource is touched", async () => {
  const { cloud, declarations, addBox, getBox } = world();
  cloud.boxes.set("there", { size: 4, label: "", secret: {} });
  const there = getBox({ name: "there" });
  addBox({ name: "a", size: there.getProperty("Volume").map((text) => Number.parseInt(text) * 5) });
  const report = await plan(await buildGraph(declarations.resources), run());
  expect(report.failures[0]?.error.message).toContain("box a: size is wrong");
  expect(cloud.calls).toEqual(["read there"]);
});
