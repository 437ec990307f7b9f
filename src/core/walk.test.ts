import { expect, test } from "vitest";
import type { Scope } from "./declared.ts";
import type { Node } from "./graph.ts";
import { walk } from "./walk.ts";

const open = () => Promise.resolve(undefined);

/** How many visits ran at a time, by the label of their scope. */
async function mostAtOnce(scopes: readonly Scope[], each: number): Promise<Record<string, number>> {
  const nodes = scopes.flatMap((scope) =>
    Array.from(
      { length: each },
      () => ({ resource: { scope, definition: {} }, needs: [] }) as unknown as Node,
    ),
  );
  const running = new Map<string, number>();
  const most: Record<string, number> = {};
  const visit = async ({ resource }: Node): Promise<void> => {
    const { label } = resource.scope;
    const now = (running.get(label) ?? 0) + 1;
    running.set(label, now);
    most[label] = Math.max(most[label] ?? 0, now);
    await new Promise((resolve) => setImmediate(resolve));
    running.set(label, (running.get(label) ?? 0) - 1);
  };
  const signal = new AbortController().signal;
  await walk(nodes, visit, { emit: () => undefined, signal, concurrency: 3 });
  return most;
}

test("so many at once as the run says, in all scopes together", async () => {
  const { a = 0, b = 0 } = await mostAtOnce(
    [
      { label: "a", open },
      { label: "b", open },
    ],
    10,
  );
  expect(a).toBe(3);
  expect(b).toBe(3);
  expect(await mostAtOnce([{ label: "a", open }], 2)).toEqual({ a: 2 });
});

test("a scope that says how many has them beside the others, and for itself", async () => {
  const scopes: Scope[] = [
    { label: "near", open },
    { label: "far", open, atOnce: 7 },
    { label: "farther", open, atOnce: 5 },
  ];
  expect(await mostAtOnce(scopes, 20)).toEqual({ near: 3, far: 7, farther: 5 });
});
