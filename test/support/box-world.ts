/** A small cloud for the engine's tests: boxes with a size, a label and secrets. */
import * as z from "zod/mini";
import type { RunOptions } from "../../src/core/converge.ts";
import type { Report } from "../../src/core/report.ts";
import { Declarations } from "../../src/core/declare.ts";
import type { Scope } from "../../src/core/declared.ts";
import { defineResource } from "../../src/core/define.ts";
import type { Event } from "../../src/core/events.ts";
import { buildGraph } from "../../src/core/graph.ts";
import { orRef } from "../../src/core/input.ts";
import { InvalidTouchdownfile } from "../../src/errors.ts";

/** A cloud of boxes: each has a size, a label and a secret. */
interface Box {
  size: number;
  label: string;
  secret: Record<string, string>;
}

export class Cloud {
  readonly boxes = new Map<string, Box>();
  readonly calls: string[] = [];
  fail: string | undefined;
}

const box = defineResource({
  type: "test.box",
  noun: "box",
  schema: z.strictObject({
    name: z.string().check(z.maxLength(8)),
    size: z._default(orRef(z.int().check(z.gte(1), z.lte(9))), 1),
    label: z._default(orRef(z.string()), ""),
    secret: z._default(z.record(z.string(), orRef(z.string())), {}),
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

export function world() {
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

export function run(events: Event[] = [], signal = new AbortController().signal): RunOptions {
  const clock = { now: () => 0, sleep: () => Promise.resolve() };
  const emit = (event: Event): void => void events.push(event);
  return { runtime: { emit, signal, clock, folder: "/" } };
}

export const lines = (report: Report): string[] =>
  report.planned.map(({ name, verdict }) => `${name}: ${verdict}`);

export async function problems(declarations: Declarations): Promise<string[]> {
  const error: unknown = await buildGraph(declarations.resources).catch((e: unknown) => e);
  if (!(error instanceof InvalidTouchdownfile)) throw new Error("nothing was refused");
  return error.problems.map(({ message }) => message);
}
