import { expect, test } from "vitest";
import { run, world } from "../../test/support/box-world.ts";
import { apply } from "./converge.ts";
import { destroy } from "./destroy.ts";
import type { Event } from "./events.ts";
import { buildGraph } from "./graph.ts";
import { until } from "./until.ts";
import { onBehalfOf, onBehalfOfMany, withOwner } from "./whose.ts";

test("a wait within a visit is that resource's, also where others are visited meanwhile", async () => {
  const events: Event[] = [];
  const { runtime } = run();
  const emit = (event: Event): void => void events.push(withOwner(event));
  const wait = async (name: string): Promise<void> => {
    const answers = [undefined, "there"];
    const ask = () => Promise.resolve(answers.shift());
    await until({ ...runtime, emit }, `${name} to be there`, ask, { everyMs: 1, atMostMs: 9 });
  };
  const visit = (name: string) => onBehalfOf({ id: `box ${name}`, name }, () => wait(name));
  await Promise.all([visit("one"), visit("two"), wait("nobody")]);
  const said = events.map((event) => `${event.type} ${"id" in event ? event.id : "?"}`);
  expect(said.toSorted()).toEqual([
    "waited ?",
    "waited box one",
    "waited box two",
    "waiting ?",
    "waiting box one",
    "waiting box two",
  ]);
});

test("what is read for many at once is nobody's, whoever asked first", async () => {
  const { runtime } = run();
  const call = {
    type: "call",
    service: "Lambda",
    operation: "ListFunctions",
    elapsedMs: 1,
  } as const;
  const ask = () => Promise.resolve(runtime).then(() => withOwner(call));
  const one = { id: "box one", name: "one" };
  expect(await onBehalfOf(one, () => onBehalfOfMany(ask))).toEqual(call);
  expect(await onBehalfOf(one, ask)).toEqual({ ...call, ...one });
});

test("a wait that was in vain is over too", async () => {
  const events: Event[] = [];
  const { runtime } = run(events);
  let now = 0;
  const clock = { now: () => now, sleep: (ms: number) => Promise.resolve(void (now += ms)) };
  const waiting = until({ ...runtime, clock }, "x to be there", () => Promise.resolve(undefined), {
    everyMs: 4,
    atMostMs: 8,
  });
  await expect(waiting).rejects.toMatchObject({ code: "WAIT_TIMEOUT" });
  expect(events).toEqual([
    { type: "waiting", what: "x to be there", atMostMs: 8 },
    { type: "waited", what: "x to be there", elapsedMs: 8 },
  ]);
});

test("each stage says how many resources take part in it", async () => {
  const { addBox, declarations } = world();
  addBox({ name: "one" });
  const first = await buildGraph(declarations.resources);
  await apply(first, run());
  addBox({ name: "two" });
  const both = await buildGraph(declarations.resources);
  const events: Event[] = [];
  await apply(both, run(events));
  await destroy(both, run(events));
  expect(events.filter(({ type }) => type === "stage")).toEqual([
    { type: "stage", stage: "reading", total: 2 },
    { type: "stage", stage: "changing", total: 1 },
    { type: "stage", stage: "reading", total: 2 },
    { type: "stage", stage: "deleting", total: 2 },
  ]);
});
