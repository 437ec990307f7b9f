import { expect, test } from "vitest";
import { lines, run, world } from "../../test/support/box-world.ts";
import { apply, plan } from "./converge.ts";
import type { Planned } from "./report.ts";
import { destroy } from "./destroy.ts";
import type { Event } from "./events.ts";
import { buildGraph } from "./graph.ts";

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

test("what is left for another run is looked at once, and neither done nor counted", async () => {
  const { cloud, declarations, addBox } = world();
  addBox({ name: "first" });
  addBox({ name: "second" });
  const graph = await buildGraph(declarations.resources);
  const seen: string[] = [];
  const leaves = ({ name, verdict }: Planned): boolean => {
    seen.push(`${name}: ${verdict}`);
    return name === "box first";
  };
  const events: Event[] = [];
  const done = await apply(graph, { ...run(events), leaves });
  expect(seen).toEqual(["box first: create", "box second: create"]);
  expect(cloud.calls.filter((call) => call.endsWith("first"))).toEqual(["read first"]);
  expect([...cloud.boxes.keys()]).toEqual(["second"]);
  expect(done.summary).toMatchObject({ created: 1, updated: 0, unchanged: 0, failed: 0 });
  expect(events).toContainEqual({ type: "stage", stage: "changing", total: 1 });

  const idle = await apply(graph, { ...run(), leaves });
  expect(idle.property("box first", "Volume")).toBeUndefined();
  expect([...cloud.boxes.keys()]).toEqual(["second"]);
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

test("what a confirmed plan left open is filled in without complaint", async () => {
  const { cloud, declarations, addBox } = world();
  cloud.boxes.set("third", { size: 1, label: "", secret: {} });
  const first = addBox({ name: "first", size: 2 });
  addBox({ name: "second", label: first.getProperty("Volume"), size: 3 });
  addBox({ name: "third", label: first.getProperty("Label") });
  const graph = await buildGraph(declarations.resources);
  const report = await apply(graph, { ...run(), confirm: () => Promise.resolve(true) });
  expect(report.failures).toEqual([]);
  expect(report.summary).toMatchObject({ created: 2, unchanged: 1, failed: 0 });
  expect(cloud.boxes.get("second")).toMatchObject({ label: "2 l", size: 3 });
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
