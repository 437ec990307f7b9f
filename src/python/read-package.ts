/** What the store has of a package as it is declared now. */
import { createHash } from "node:crypto";
import { statSync } from "node:fs";
import { lockToWrite } from "./builds-standing.ts";
import type { Deployed } from "../core/artifact.ts";
import { inspect } from "./inspect.ts";
import type { Inspected, LockStanding } from "./inspect.ts";
import { packageBucket, zipBucket } from "./package-buckets.ts";
import { differenceOf, keyOf } from "./package-key.ts";
import type { InputTable } from "./package-key.ts";
import type { PackageWant } from "./package-schema.ts";
import type { PackageSession } from "./session.ts";
import type { Store } from "../store/store.ts";

/** A zip that was built, as the store remembers it. */
export interface PackageRecord {
  /** `api.zip`, for messages. */
  readonly name: string;
  /** Absolute. */
  readonly path: string;
  /** 64 hex digits. */
  readonly sha256: string;
  /** Bytes. */
  readonly size: number;
  /** Bytes. */
  readonly unzippedSize: number;
  readonly runtime: string;
  readonly architecture: string;
  /** Distributions in it whose wheel was compiled on the machine that built it. */
  readonly compiled: readonly string[];
  /** Of its inputs. */
  readonly key: string;
  /** Where it was recognised as what is deployed: it is not in the store. */
  readonly deployed?: Deployed;
}

/** As the store keeps it. */
export type KeptPackage = Omit<PackageRecord, "path" | "name" | "key" | "deployed"> & {
  readonly table: InputTable;
};

export interface PackageState {
  readonly lock: LockStanding;
  readonly inspected: Inspected;
  readonly table: InputTable;
  /** Of the inputs; undefined while the lock is to be written. */
  readonly key: string | undefined;
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
  const table = { ...inspected.table, ...sourceInputs(inspected), ...fileInputs(want) };
  if (lock.state === "todo") {
    return {
      lock,
      inspected,
      table,
      key: undefined,
      built: undefined,
      because: "its lock is to be written",
    };
  }
  const store = await session.store();
  const key = keyOf(table);
  const record = store.readRecord(packageBucket, key) as KeptPackage | undefined;
  const path = record === undefined ? undefined : findZip(store, record);
  const name = `${want.label}.zip`;
  const built =
    record === undefined || path === undefined
      ? await recalled(session, want, key)
      : { ...record, path, name, key };
  const gone = record !== undefined;
  const because =
    built === undefined ? await reason(session, { want, table, key, gone }) : undefined;
  return { lock, inspected, table, key, built, because };
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

/** A file is not synced to the disk, so a crash of the machine may have cut it short. */
function findZip(
  store: Store,
  { sha256, size }: Pick<PackageRecord, "sha256" | "size">,
): string | undefined {
  const path = store.find(zipBucket, sha256);
  if (path === undefined) return undefined;
  return statSync(path, { throwIfNoEntry: false })?.size === size ? path : undefined;
}

function sourceInputs({ sources }: Inspected): InputTable {
  return Object.fromEntries(
    sources.map(({ path, mode, sha256 }) => [path, `${mode.toString(8)} ${sha256}`]),
  );
}

function fileInputs({ files, part }: PackageWant): InputTable {
  if (part === "dependencies") return {};
  return Object.fromEntries(
    Object.entries(files).map(([path, contents]) => [
      path,
      createHash("sha256").update(contents).digest("hex"),
    ]),
  );
}

interface Case {
  readonly want: PackageWant;
  readonly table: InputTable;
  readonly key: string;
  /** The store knows the build, but no longer has the zip. */
  readonly gone: boolean;
}

/** A package that is to be built is read several times until it is. */
async function reason(session: PackageSession, which: Case): Promise<string> {
  if (which.gone) return zipGone;
  const { want, key } = which;
  return session.once(`reason ${want.label} ${key}`, () => difference(session, which));
}

async function difference(session: PackageSession, { want, table }: Case): Promise<string> {
  const last = (await session.lastBuilds()).of(want.label);
  if (last === undefined) return "for the first time here";
  const store = await session.store();
  const kept = store.readRecord(packageBucket, last.key) as KeptPackage | undefined;
  return (kept && differenceOf(kept.table, table)) ?? "it is no longer in the cache";
}
