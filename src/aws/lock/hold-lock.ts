/** Take a team's lock, keep it while a run lives, and give it back: for any place that writes on a condition. */
import { randomUUID } from "node:crypto";
import { TouchdownError } from "../../errors.ts";
import type { Runtime } from "../../core/runtime.ts";
import { holderText, timeText } from "./lock-record.ts";
import type { Holder, LockRecord } from "./lock-record.ts";

/** Where a lock is written down. */
export interface LockPlace {
  /** For people: `s3://media-locks/touchdown.lock`. */
  readonly label: string;
  readonly read: () => Promise<Kept | undefined>;
  /**
   * @param before  the tag of what is to be replaced; undefined: nothing may be there
   * @returns       the new tag; undefined if something else was there, and nothing was written
   */
  readonly write: (record: LockRecord, before: string | undefined) => Promise<string | undefined>;
}

interface Kept {
  readonly record: LockRecord;
  /** Another after every write. */
  readonly tag: string;
}

export interface HeldLock {
  /** Aborted, with why, once somebody else may have the lock. */
  readonly signal: AbortSignal;
  /** Give it back. @returns what is to be said where that could not be done */
  readonly release: () => Promise<string | undefined>;
  /** What a run that ends without giving it back leaves, in words; undefined: nothing. */
  readonly left: () => string | undefined;
}

/** Milliseconds. A holder that was renewed for the last time a life ago is dead. */
const times = { life: 60_000, renew: 15_000, watch: 20_000, ask: 3_000 };

/** Somebody else may be faster, and free again, so often. */
const attempts = 3;

/**
 * @param atMostMs  how long another run may go on holding it; default 0
 * @throws WORKSPACE_LOCKED where one does, INTERRUPTED, and what the place throws
 */
export async function takeLock(
  place: LockPlace,
  holder: Holder,
  runtime: Runtime,
  { atMostMs = 0 }: { readonly atMostMs?: number } = {},
): Promise<HeldLock> {
  const { clock, emit } = runtime;
  const began = clock.now();
  let what: string | undefined;
  const waited = (): void => {
    if (what !== undefined) emit({ type: "waited", what, elapsedMs: clock.now() - began });
  };
  for (;;) {
    const taken = await takeNow(place, holder, runtime);
    const spentMs = clock.now() - began;
    if ("held" in taken && spentMs < atMostMs) {
      const now = `${place.label}, which is held by ${holderText(taken.held)}`;
      if (now !== what) {
        waited();
        what = now;
        emit({ type: "waiting", what, atMostMs: atMostMs - spentMs });
      }
      await sleep(runtime, Math.min(times.ask, atMostMs - spentMs));
      continue;
    }
    waited();
    if ("held" in taken) throw locked(place, taken.held, spentMs);
    return taken;
  }
}

/** Whose it is, where it is somebody else's. */
async function takeNow(
  place: LockPlace,
  holder: Holder,
  runtime: Runtime,
): Promise<HeldLock | Held> {
  const id = randomUUID();
  const since = timeOf(runtime.clock.now());
  for (let attempt = 1; ; attempt += 1) {
    const kept = await place.read();
    const free = await freed(place, kept, runtime);
    if (free !== undefined && "held" in free) return free;
    const record = { id, ...holder, since, expires: expiry(runtime) };
    const tag = await place.write(record, free?.tag);
    if (tag !== undefined) return keep(place, { record, tag }, runtime);
    const now = await place.read();
    // The answer to an earlier try of the same write was lost on the way.
    if (now?.record.id === id) return keep(place, now, runtime);
    if (attempt === attempts && now !== undefined) return { held: now.record };
  }
}

interface Held {
  readonly held: LockRecord;
}

/** What may be replaced, or who holds it. */
async function freed(
  place: LockPlace,
  kept: Kept | undefined,
  runtime: Runtime,
): Promise<Kept | Held | undefined> {
  if (kept === undefined || kept.record.released !== undefined) return kept;
  if (Date.parse(kept.record.expires) > runtime.clock.now()) return { held: kept.record };
  // Two clocks may differ: only who does not renew it meanwhile is dead.
  const { emit } = runtime;
  const what = `a sign of life from ${kept.record.owner}, whose lock has expired`;
  emit({ type: "waiting", what, atMostMs: times.watch });
  await sleep(runtime, times.watch);
  emit({ type: "waited", what, elapsedMs: times.watch });
  const again = await place.read();
  if (again !== undefined && again.tag !== kept.tag && again.record.released === undefined) {
    return { held: again.record };
  }
  return again;
}

/** @throws INTERRUPTED */
async function sleep({ clock, signal }: Runtime, ms: number): Promise<void> {
  await clock.sleep(ms, signal).catch(() => {
    throw new TouchdownError("INTERRUPTED", "stopped before the lock was taken");
  });
}

function locked({ label }: LockPlace, record: LockRecord, waitedMs: number): TouchdownError {
  const expires = timeText(record.expires);
  const still = waitedMs < 1_000 ? "" : `, also after ${Math.round(waitedMs / 1_000)} s of waiting`;
  const message = `${label} is held by ${holderText(record)}${still}`;
  return new TouchdownError("WORKSPACE_LOCKED", message, {
    hint: `wait until that run is done, as --lock-timeout 600 does; if it is dead, the same command works after ${expires}, or after touchdown unlock`,
  });
}

function keep(place: LockPlace, first: Kept, runtime: Runtime): HeldLock {
  const lost = new AbortController();
  const done = new AbortController();
  let { record, tag } = first;
  const renew = async (): Promise<void> => {
    const next = { ...record, expires: expiry(runtime) };
    const written = await place.write(next, tag);
    if (written !== undefined) [record, tag] = [next, written];
    else {
      const now = await place.read();
      if (now?.record.id !== record.id || now.record.released !== undefined) {
        return lost.abort(lostTo(place, now?.record));
      }
      ({ record, tag } = now);
    }
  };
  const beating = (async (): Promise<void> => {
    while (!done.signal.aborted && !lost.signal.aborted) {
      await runtime.clock.sleep(times.renew, done.signal).catch(() => undefined);
      if (done.signal.aborted) return;
      await renew().catch((error: unknown) => {
        // Whoever finds it expired waits a while before taking it, so that there is time to stop.
        if (runtime.clock.now() >= Date.parse(record.expires)) lost.abort(silent(place, error));
      });
    }
  })();
  let given = false;
  const release = async (): Promise<string | undefined> => {
    done.abort();
    await beating;
    if (lost.signal.aborted) return undefined;
    try {
      const said = await giveBack(place, { record, tag }, runtime);
      given = true;
      return said;
    } catch (error) {
      return `${place.label} could not be given back and is held until ${timeText(record.expires)}: ${messageOf(error)}`;
    }
  };
  const left = (): string | undefined =>
    given || lost.signal.aborted
      ? undefined
      : `${place.label} is held until ${timeText(record.expires)}; touchdown unlock takes it away before`;
  return { signal: lost.signal, release, left };
}

/** @returns what is to be said where it was another's by then */
async function giveBack(
  place: LockPlace,
  { record, tag }: Kept,
  { clock }: Runtime,
): Promise<string | undefined> {
  const free = { ...record, released: timeOf(clock.now()) };
  if ((await place.write(free, tag)) !== undefined) return undefined;
  const now = await place.read();
  if (now?.record.id !== record.id || now.record.releasedBy !== undefined) {
    const { message } = lostTo(place, now?.record);
    return `${message}, before it ended: another run may have been at work beside it`;
  }
  // The answer to an earlier try of this write, or to the last renewal, was lost on the way.
  if (now.record.released === undefined) await place.write(free, now.tag);
  return undefined;
}

function lostTo({ label }: LockPlace, now: LockRecord | undefined): TouchdownError {
  const by = now?.releasedBy;
  const how =
    now === undefined
      ? "it was deleted"
      : by === undefined
        ? `it is held by ${holderText(now)}`
        : `${by} ran touchdown unlock`;
  return new TouchdownError("WORKSPACE_LOCK_LOST", `this run lost ${label}: ${how}`, {
    hint: "nothing new was begun since; agree with who took it, then run the same command again",
  });
}

function silent({ label }: LockPlace, cause: unknown): TouchdownError {
  const message = `this run lost ${label}: it could not be renewed in time: ${messageOf(cause)}`;
  return new TouchdownError("WORKSPACE_LOCK_LOST", message, {
    cause,
    hint: "nothing new was begun since; run the same command again, it goes on from here",
  });
}

/** What is there, if a run holds it; expired or not. */
export async function heldBy(place: LockPlace): Promise<Kept | undefined> {
  const kept = await place.read();
  return kept?.record.released === undefined ? kept : undefined;
}

/** Take a lock away from its holder, whose run stops. @returns whether it was still the one that was seen */
export async function breakLock(
  place: LockPlace,
  { record, tag }: Kept,
  { owner, now }: { readonly owner: string; readonly now: number },
): Promise<boolean> {
  const free = { ...record, released: timeOf(now), releasedBy: owner };
  if ((await place.write(free, tag)) !== undefined) return true;
  // It was renewed meanwhile.
  const again = await place.read();
  if (again?.record.id !== record.id || again.record.released !== undefined) return false;
  return (await place.write({ ...again.record, ...free }, again.tag)) !== undefined;
}

function expiry({ clock }: Runtime): string {
  return timeOf(clock.now() + times.life);
}

function timeOf(ms: number): string {
  return new Date(ms).toISOString();
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
