/** Arguments as a definition sees them: real values; reading one not known yet suspends the reader. */
import type { ErasedDefinition, Place, Problem } from "./define.ts";
import type { Lookup, Outcome } from "./ref.ts";
import { refsOf, resolve } from "./resolve.ts";
import type { AnyResource } from "./declared.ts";

export type Want = Readonly<Record<string, unknown>>;

/** Thrown by a `want` at the reading of an argument that still waits for other resources. */
class Suspended extends Error {
  readonly needs: readonly AnyResource[];

  constructor(needs: readonly AnyResource[]) {
    super("an argument was read before it was known");
    this.needs = needs;
  }
}

/** The value; whoever reads one that is not known yet is suspended. */
export function valueOf<T>(outcome: Outcome<T>): T {
  if (outcome.known) return outcome.value;
  throw suspended(outcome.needs);
}

/** Thrown often and shown to nobody: to take down the stack would be most of its cost. */
function suspended(needs: readonly AnyResource[]): Suspended {
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 0;
  try {
    return new Suspended(needs);
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
}

/** The arguments with refs replaced; those still waiting suspend whoever reads them. */
export function wantOf(args: Want, lookup: Lookup): Want {
  const open = new Set(refsOf(args).map(({ path }) => path[0]));
  if (open.size === 0) return args;
  const want: Record<string, unknown> = { ...args };
  for (const name of open) {
    if (typeof name !== "string") continue;
    let outcome: Outcome<unknown> | undefined;
    const get = (): unknown => valueOf((outcome ??= resolve(args[name], lookup)));
    Object.defineProperty(want, name, { get, enumerable: true });
  }
  return want;
}

/** What `read` gives, or what it was suspended for. */
export function unlessSuspended<T>(read: () => T): Outcome<T> {
  try {
    return { known: true, value: read() };
  } catch (error) {
    if (error instanceof Suspended) return { known: false, needs: error.needs };
    throw error;
  }
}

/** The arguments that are known, by name, and what the others wait for. */
export function knownArgs(want: Want): { known: Want; needs: readonly AnyResource[] } {
  const known: Record<string, unknown> = {};
  const needs = new Set<AnyResource>();
  for (const name of Object.keys(want)) {
    const outcome = unlessSuspended(() => want[name]);
    if (outcome.known) known[name] = outcome.value;
    else for (const need of outcome.needs) needs.add(need);
  }
  return { known, needs: [...needs] };
}

/** Every problem the definition's checks find; a check that reads what is not known is put off. */
export async function problemsOfChecks(
  definition: ErasedDefinition,
  want: Want,
  place: Place,
): Promise<readonly Problem[]> {
  const problems: Problem[] = [];
  for (const check of definition.checks ?? []) {
    try {
      problems.push(...(await check(want, place)));
    } catch (error) {
      if (!(error instanceof Suspended)) throw error;
    }
  }
  return problems;
}
