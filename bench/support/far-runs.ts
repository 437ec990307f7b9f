/** Runs of the engine over many functions in a far account: what they call, and how long they take there. */
import { lambdaFunction } from "../../src/aws/lambda/function.ts";
import { role } from "../../src/aws/iam/role.ts";
import { queue } from "../../src/aws/sqs/queue.ts";
import { apply } from "../../src/core/converge.ts";
import { Declarations } from "../../src/core/declare.ts";
import type { Event } from "../../src/core/events.ts";
import { buildGraph } from "../../src/core/graph.ts";
import { zipOfOne } from "../../src/zip/one.ts";
import type { FarAccount } from "./far-account.ts";

export interface FarRun {
  /** By AWS's names; a call that was refused for being too fast counts each time. */
  readonly calls: ReadonlyMap<string, number>;
  readonly total: number;
  /** Refused for being too fast. */
  readonly refused: number;
  /** Made while something was waited for; of a run that changes one function: its polls. */
  readonly polls: number;
  /** On the account's clock. */
  readonly elapsedMs: number;
}

export interface Declared {
  readonly functions: number;
  /** Of the first so many functions: another number changes their code. */
  readonly edited?: { readonly count: number; readonly edition: number };
}

/** One role, one queue whose address every function knows, and functions, applied as declared. */
export async function applyFar(account: FarAccount, declared: Declared): Promise<FarRun> {
  const calls = new Map<string, number>();
  let refused = 0;
  let waits = 0;
  let polls = 0;
  const runtime = {
    emit: (event: Event) => {
      if (event.type === "waiting") waits += 1;
      if (event.type === "waited") waits -= 1;
      if (event.type !== "call") return;
      if (waits > 0) polls += 1;
      calls.set(event.operation, (calls.get(event.operation) ?? 0) + 1);
      if (event.error === "TooManyRequestsException") refused += 1;
    },
    signal: new AbortController().signal,
    clock: account.clock,
    folder: "/nowhere",
  };
  const graph = await buildGraph(declare(account, declared));
  const started = account.clock.now();
  const report = await account.clock.drive(apply(graph, { runtime }));
  const [failure] = report?.failures ?? [];
  if (failure !== undefined) throw failure.error;
  const elapsedMs = account.clock.now() - started;
  const total = [...calls.values()].reduce((sum, count) => sum + count, 0);
  return { calls, total, refused, polls, elapsedMs };
}

/** `6 ListFunctions + 3 GetResources`, the most first. */
export function arithmetic(calls: ReadonlyMap<string, number>): string {
  const most = [...calls].toSorted(([, a], [, b]) => b - a);
  return most.map(([name, count]) => `${count.toLocaleString("en")} ${name}`).join(" + ");
}

function declare(account: FarAccount, { functions, edited }: Declared) {
  const declarations = new Declarations();
  const scope = account.scope();
  const made = declarations.adder(role, scope)({ name: "all" });
  const jobs = declarations.adder(queue, scope)({ name: "jobs" });
  const add = declarations.adder(lambdaFunction, scope);
  for (let number = 0; number < functions; number += 1) {
    const edition = number < (edited?.count ?? 0) ? (edited?.edition ?? 0) : 0;
    add({
      name: `f${number}`,
      role: made.getProperty("Arn"),
      handler: "main.f",
      code: zipOfOne("main.py", Buffer.from(`f = ${number} + ${edition}\n`)),
      environment: { JOBS: jobs.getProperty("QueueUrl") },
    });
  }
  return declarations.resources;
}
