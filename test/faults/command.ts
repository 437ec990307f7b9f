/** What one command does in a cloud, from the lock to the report. */
import { AwsAccount } from "../../src/aws/account.ts";
import { dynamoDbLock } from "../../src/aws/lock/dynamodb-lock.ts";
import { breakLock, heldBy, takeLock } from "../../src/aws/lock/hold-lock.ts";
import type { LockPlace } from "../../src/aws/lock/hold-lock.ts";
import { s3Lock } from "../../src/aws/lock/s3-lock.ts";
import { ownedPlace } from "../../src/aws/owned.ts";
import { apply, plan } from "../../src/core/converge.ts";
import type { Report } from "../../src/core/report.ts";
import { Declarations } from "../../src/core/declare.ts";
import type { Scope } from "../../src/core/declared.ts";
import { destroy } from "../../src/core/destroy.ts";
import type { Event } from "../../src/core/events.ts";
import { buildGraph } from "../../src/core/graph.ts";
import type { Retire } from "../../src/core/retire.ts";
import type { Runtime } from "../../src/core/runtime.ts";
import { lockPlace } from "./cloud.ts";
import type { Cloud } from "./cloud.ts";
import type { Deed } from "./plots.ts";
import { contextOver } from "./sdk-client.ts";
import type { Wire } from "./wire.ts";

const verbs = { plan, apply, destroy };

export interface Worked {
  /** Undefined where the run threw. */
  readonly report: Report | undefined;
  /** What the run threw in place of a report. */
  readonly thrown: unknown;
  /** Why it has the lock no more, or could not give it back; undefined: it could. */
  readonly lockLost: unknown;
  /** The names of what is declared. */
  readonly declared: readonly string[];
}

interface Around {
  readonly cloud: Cloud;
  readonly wire: Wire;
  readonly note: (line: string) => void;
  readonly signal: AbortSignal;
  /** Told of each call that ended. */
  readonly count: () => void;
}

export async function work(deed: Deed, around: Around): Promise<Worked> {
  const { cloud, wire, note, signal, count } = around;
  const emit = (event: Event): void => {
    if (wire.dead) return;
    if (event.type === "call") count();
    if (["reading", "planned", "started", "finished"].includes(event.type)) wire.step();
    if (event.type === "failed") note(`${event.name}: ${event.error.code} ${event.error.message}`);
  };
  const runtime: Runtime = { emit, signal, clock: cloud.clock, folder: "/nowhere" };
  const open = (lent: Runtime) =>
    Promise.resolve(contextOver({ cloud, wire, runtime: { ...lent, signal } }));
  const scope: Scope = { label: "", open, owned: ownedPlace };
  const declarations = new Declarations();
  declarations.owner = deed.file.owner;
  deed.file.declare(new AwsAccount(declarations, scope));
  const retire = retireOf(deed, scope);
  let declared: readonly string[] = [];
  let lockLost: unknown;
  const go = async (): Promise<Report> => {
    const graph = await buildGraph(declarations.resources);
    declared = graph.nodes.map(({ name }) => name);
    const lock = await lockFor(deed, { cloud, wire, runtime });
    const stop = lock === undefined ? signal : AbortSignal.any([signal, lock.signal]);
    try {
      const options = { runtime: { ...runtime, signal: stop }, ...(retire && { retire }) };
      return await verbs[deed.verb](graph, options);
    } finally {
      lockLost = await lock?.release();
      if (lock?.signal.aborted === true) lockLost = lock.signal.reason;
    }
  };
  const ended = await go().then(
    (report) => ({ report, thrown: undefined }),
    (thrown: unknown) => ({ report: undefined, thrown }),
  );
  return { ...ended, lockLost, declared };
}

/** As somebody with `touchdown unlock` takes the lock away from whoever holds it. */
export async function unlock(deed: Deed, { cloud, wire }: Omit<Locking, "runtime">) {
  const runtime = {
    emit: () => undefined,
    signal: new AbortController().signal,
    clock: cloud.clock,
    folder: "/nowhere",
  };
  const place = placeOf(deed, { cloud, wire, runtime });
  if (place === undefined) return;
  const held = await heldBy(place);
  if (held !== undefined) await breakLock(place, held, { owner: "bob", now: cloud.clock.now() });
}

/** As the command line has it: `src/cli/retire.ts`. */
function retireOf({ verb, file, prune, pruneData }: Deed, scope: Scope): Retire | undefined {
  if (file.owner === undefined) return undefined;
  const unpruned = verb === "apply" ? "ignore" : "show";
  return {
    owner: file.owner,
    scopes: [scope],
    undeclared: prune === true ? "delete" : unpruned,
    data: pruneData === true,
  };
}

interface Locking {
  readonly cloud: Cloud;
  readonly wire: Wire;
  readonly runtime: Runtime;
}

/** Undefined where it asks for none. */
async function lockFor(deed: Deed, { cloud, wire, runtime }: Locking) {
  const emit = (event: Event): void => {
    if (event.type !== "call") runtime.emit(event);
  };
  const quiet = { ...runtime, emit };
  const holder = { owner: "ann@laptop", pid: 42, command: `touchdown ${deed.verb}` };
  const place = placeOf(deed, { cloud, wire, runtime: quiet });
  return place === undefined ? undefined : takeLock(place, holder, quiet);
}

function placeOf({ lock, file }: Deed, around: Locking): LockPlace | undefined {
  if (lock === undefined) return undefined;
  const key = `${file.owner ?? "touchdown"}.lock`;
  return lock === "table"
    ? dynamoDbLock(contextOver(around), { table: lockPlace, key })
    : s3Lock(contextOver(around), { bucket: lockPlace, key });
}
