import { expect, test } from "vitest";
import { problems, run, world } from "../../test/support/box-world.ts";
import { apply } from "./converge.ts";
import { destroy } from "./destroy.ts";
import type { Event } from "./events.ts";
import { buildGraph } from "./graph.ts";

test("adopt and protect must be true or false, and mean something", async () => {
  const { declarations, addBox, getBox } = world();
  addBox({ name: "a", protect: "yes" as never });
  addBox({ name: "b", adopt: true });
  getBox({ name: "c", protect: true } as never);
  addBox({ name: "d", protect: true, adopt: false });
  expect(await problems(declarations)).toEqual([
    'box a: protect must be true or false, got "yes"',
    "box b: adopt means nothing here: no workspace can own a box",
    "box c: protect is not an argument of get…",
  ]);
});

test("destroy leaves what is protected and what that needs, and says so", async () => {
  const { cloud, declarations, addBox } = world();
  const first = addBox({ name: "first" });
  const second = addBox({ name: "second", label: first.getProperty("Label") });
  addBox({ name: "third", label: second.getProperty("Label"), protect: true });
  addBox({ name: "fourth", label: first.getProperty("Label") });
  const graph = await buildGraph(declarations.resources);
  await apply(graph, run());
  const events: Event[] = [];
  const report = await destroy(graph, run(events));
  expect(report.summary).toMatchObject({ deleted: 1, failed: 0 });
  expect([...cloud.boxes.keys()]).toEqual(["first", "second", "third"]);
  expect(events.filter(({ type }) => type === "left")).toEqual([
    expect.objectContaining({ name: "box first", because: "box third needs it, and is protected" }),
    expect.objectContaining({
      name: "box second",
      because: "box third needs it, and is protected",
    }),
    expect.objectContaining({ name: "box third", because: "it is protected, and stays" }),
  ]);
});
