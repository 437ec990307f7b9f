/** A graph of as many resources as it is told, read and compared; what is there is a function away. */
import * as z from "zod/mini";
import { plan } from "../../src/core/converge.ts";
import { Declarations } from "../../src/core/declare.ts";
import { defineResource } from "../../src/core/define.ts";
import { buildGraph } from "../../src/core/graph.ts";
import { orRef } from "../../src/core/input.ts";
import type { Ref } from "../../src/core/ref.ts";
import { systemClock } from "../../src/core/runtime.ts";
import { strictObject } from "../../src/core/strict-object.ts";

interface Have {
  readonly arn: string;
  readonly timeout: number;
  readonly environment: Readonly<Record<string, string>>;
}

const schema = strictObject({
  name: z.string().check(z.regex(/^[\w-]+$/u)),
  timeout: z._default(orRef(z.int().check(z.gte(1), z.lte(900))), 3),
  environment: z._default(z.record(z.string(), orRef(z.string())), {}),
});

const thing = defineResource<typeof schema, "name", Have, { Arn: string }, unknown>({
  type: "bench.thing",
  noun: "thing",
  key: ["name"],
  schema,
  read: (_context, { name, environment }) =>
    Promise.resolve({ arn: `arn:${name}`, timeout: 3, environment }),
  aspects: {
    configuration: {
      fields: {
        timeout: { want: ({ timeout }) => timeout, have: ({ timeout }) => timeout },
        environment: {
          want: ({ environment }) => environment,
          have: ({ environment }) => environment,
        },
      },
      apply: () => Promise.resolve(),
    },
  },
  properties: { Arn: ({ arn }) => arn },
});

const count = Number(process.argv[2]);
const declarations = new Declarations();
const add = declarations.adder(thing, { label: "", open: () => Promise.resolve({}) });
const arns: Ref<string>[] = [];
for (let number = 0; number < count; number += 1) {
  // Every tenth is used by the ten after it.
  const used = arns.at(-1);
  const environment = { NUMBER: String(number), ...(used === undefined ? {} : { USED: used }) };
  const made = add({ name: `thing-${number}`, environment });
  if (number % 10 === 0) arns.push(made.getProperty("Arn"));
}
const report = await plan(await buildGraph(declarations.resources), {
  runtime: {
    emit: () => undefined,
    signal: new AbortController().signal,
    clock: systemClock,
    folder: process.cwd(),
  },
});
if (report.summary.unchanged !== count) throw new Error(JSON.stringify(report.summary));
