import { expect, test } from "vitest";
import { run, world } from "../../test/support/box-world.ts";
import { apply } from "./converge.ts";
import { destroy } from "./destroy.ts";
import type { Event } from "./events.ts";
import { buildGraph } from "./graph.ts";
import { namedNodes, withNeeds } from "./select.ts";

/** `top` needs `middle`, which needs `base`; `other` needs `base` too; `alone` needs nothing. */
async function boxes() {
  const { addBox, cloud, declarations } = world();
  const base = addBox({ name: "base" });
  const middle = addBox({ name: "middle", label: base.getProperty("Volume") });
  addBox({ name: "top", label: middle.getProperty("Volume") });
  addBox({ name: "other", label: base.getProperty("Volume") });
  addBox({ name: "alone" });
  return { cloud, graph: await buildGraph(declarations.resources) };
}

const there = (cloud: { readonly boxes: ReadonlyMap<string, unknown> }) =>
  [...cloud.boxes.keys()].toSorted();

test("what is named is made, and what that needs, and nothing else is read", async () => {
  const { cloud, graph } = await boxes();
  await apply(withNeeds(graph, namedNodes(graph, ["box top"])), run());
  expect(there(cloud)).toEqual(["base", "middle", "top"]);
  expect(cloud.calls.filter((call) => /other|alone/u.test(call))).toEqual([]);
  await apply(withNeeds(graph, namedNodes(graph, ["box alone", "box other"])), run());
  expect(there(cloud)).toEqual(["alone", "base", "middle", "other", "top"]);
});

test("an unknown name is refused with the nearest ones", async () => {
  const { graph } = await boxes();
  expect(() => namedNodes(graph, ["box alone", "box othr"])).toThrow(
    expect.objectContaining({
      code: "NAME_UNKNOWN",
      message: 'nothing is named "box othr" in the Touchdownfile, did you mean "box other"?',
    }),
  );
  expect(() => namedNodes(graph, ["base"])).toThrow(
    expect.objectContaining({
      message: 'nothing is named "base" in the Touchdownfile, did you mean "box base"?',
    }),
  );
  expect(() => namedNodes(graph, ["box mo"])).toThrow(/did you mean "box top"\?$/u);
  expect(() => namedNodes(graph, ["something else"])).toThrow(
    expect.objectContaining({ message: 'nothing is named "something else" in the Touchdownfile' }),
  );
});

test("destroy deletes what is named alone", async () => {
  const { cloud, graph } = await boxes();
  await apply(graph, run());
  const events: Event[] = [];
  const named = namedNodes(graph, ["box top", "box other"]);
  const report = await destroy(graph, { ...run(events), named });
  expect(report.summary).toMatchObject({ deleted: 2, failed: 0 });
  expect(there(cloud)).toEqual(["alone", "base", "middle"]);
});

test("destroy refuses what others need that are there, before anything is deleted", async () => {
  const { cloud, graph } = await boxes();
  await apply(graph, run());
  const destroyNamed = (...names: string[]) =>
    destroy(graph, { ...run(), named: namedNodes(graph, names) });
  await expect(destroyNamed("box alone", "box base")).rejects.toMatchObject({
    code: "NEEDED",
    message: "box base is needed by box middle, box other, box top, which are there",
  });
  await expect(destroyNamed("box middle")).rejects.toMatchObject({
    message: "box middle is needed by box top, which is there",
  });
  expect(there(cloud)).toEqual(["alone", "base", "middle", "other", "top"]);
  await destroyNamed("box middle", "box top");
  expect(there(cloud)).toEqual(["alone", "base", "other"]);
  cloud.boxes.delete("other");
  expect((await destroyNamed("box base")).summary).toMatchObject({ deleted: 1 });
});
