import { expect, test } from "vitest";
import { problems, run, world } from "../../test/support/box-world.ts";
import { plan } from "./converge.ts";
import { buildGraph } from "./graph.ts";

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
  expect(report.failures[0]?.error.message).toBe("box a: size must be at most 9, got 20");
  expect(cloud.calls).toEqual(["read there"]);
});
