/** What the store has of a package as it is declared now. */
import { lockToWrite } from "./builds-standing.ts";
import type { Deployed } from "../core/artifact.ts";
import { inspect } from "./inspect.ts";
import type { Inspected, LockStanding } from "./inspect.ts";
import { zipBucket } from "./package-buckets.ts";
import type { KeptPackage } from "./memory/kept-packages.ts";
import { idOf } from "./package-key.ts";
import type { InputTable, PackageId, PackageInputs } from "./package-key.ts";
import type { PackageWant } from "./package-schema.ts";
import type { PackageSession } from "./session.ts";
import { sha256Hex } from "../host/sha256.ts";

/** A zip that was built, as the store remembers it. */
export interface PackageRecord extends KeptPackage {
  /** `api.zip`, for messages. */
  readonly name: string;
  /** Absolute. */
  readonly path: string;
  readonly runtime: string;
  readonly architecture: string;
  /** Of its inputs. */
  readonly key: string;
  /** Where it was recognised as what is deployed: it is not in the store. */
  readonly deployed?: Deployed;
}

export interface PackageState {
  readonly lock: LockStanding;
  readonly inspected: Inspected;
  readonly inputs: PackageInputs;
  /** Undefined while the lock is to be written. */
  readonly id: PackageId | undefined;
  /** What the store has; undefined where it must be built. */
  readonly built: PackageRecord | undefined;
  /** Why it must be built, in words; undefined where it is. */
  readonly because: string | undefined;
}

/** Why, where the store knows the build, but no longer has the zip. */
export const zipGone = "its zip is no longer in the cache";

/** Look into the store; builds nothing. */
export async function readPackage(
  session: PackageSession,
  want: PackageWant,
): Promise<PackageState> {
  const inspected = await inspect(session, want);
  const lock = lockToWrite(session, inspected.builds) ?? inspected.lock;
  const { inputs, id } = inputsOf(inspected, want);
  const state = { lock, inspected, inputs };
  if (lock.state === "todo")
    return { ...state, id: undefined, built: undefined, because: "its lock is to be written" };
  const { key } = id;
  const { runtime, architecture, label } = want;
  const store = await session.store();
  const { kept } = await session.builds();
  const record = kept.find(id);
  // a file is not synced to the disk, so a crash of the machine may have cut it short
  const path = record && store.find(zipBucket, record.sha256, record.size);
  const built =
    record === undefined || path === undefined
      ? await recalled(session, want, key)
      : { ...record, runtime, architecture, path, name: `${label}.zip`, key };
  if (built !== undefined) return { ...state, id, built, because: undefined };
  const because = record === undefined ? await reason(session, { want, id, inputs }) : zipGone;
  return { ...state, id, built, because };
}

interface Identified {
  readonly inputs: PackageInputs;
  readonly id: PackageId;
}

/** Of packages without generated files, which are looked at several times and stay the same for a run. */
const identified = new WeakMap<Inspected, Identified>();

function inputsOf(inspected: Inspected, want: PackageWant): Identified {
  const known = identified.get(inspected);
  if (known !== undefined) return known;
  const files = fileInputs(want);
  const inputs = { shared: inspected.table, own: { ...sourceInputs(inspected), ...files } };
  const made = { inputs, id: idOf(inputs) };
  if (Object.keys(files).length === 0) identified.set(inspected, made);
  return made;
}

/** What a function runs that was built from the same inputs, elsewhere or before the store lost it. */
async function recalled(
  session: PackageSession,
  { label, runtime, architecture }: PackageWant,
  key: string,
): Promise<PackageRecord | undefined> {
  const deployed = await session.recall(key);
  if (deployed === undefined) return undefined;
  const { sha256, size, unzippedSize } = deployed;
  const path = (await session.store()).path(zipBucket, sha256);
  const facts = { sha256, size, unzippedSize, runtime, architecture, compiled: [] };
  return { ...facts, name: `${label}.zip`, path, key, deployed };
}

function sourceInputs({ sources }: Inspected): InputTable {
  return Object.fromEntries(
    sources.map(({ path, mode, sha256 }) => [path, `${mode.toString(8)} ${sha256}`]),
  );
}

function fileInputs({ files, part }: PackageWant): InputTable {
  if (part === "dependencies") return {};
  return Object.fromEntries(
    Object.entries(files).map(([path, contents]) => [path, sha256Hex(contents)]),
  );
}

interface Case {
  readonly want: PackageWant;
  readonly id: PackageId;
  readonly inputs: PackageInputs;
}

/** A package that is to be built is read several times until it is. */
async function reason(session: PackageSession, which: Case): Promise<string> {
  const { label } = which.want;
  return session.once(`reason ${label} ${which.id.key}`, () => difference(session, which));
}

async function difference(session: PackageSession, { want, inputs }: Case): Promise<string> {
  const { kept, last } = await session.builds();
  const before = last.of(want.label);
  if (before === undefined) return "for the first time here";
  return kept.differenceTo(before, inputs) ?? "it is no longer in the cache";
}
