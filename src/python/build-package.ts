/** Build one package: fetch what is missing, stage, prove, pack, and remember it under its key. */
import { mkdirSync, renameSync, rmSync } from "node:fs";
import { dirname } from "node:path";
import { TouchdownError } from "../errors.ts";
import { pack, repack, WheelDamaged } from "./pack.ts";
import type { OwnEntry, Packed } from "./pack.ts";
import { ownEntries } from "./own-entries.ts";
import { keyOf } from "./package-key.ts";
import type { PackageWant } from "./package-schema.ts";
import type { Store } from "../store/store.ts";
import {
  baseBucket,
  lastBucket,
  lastKey,
  packageBucket,
  readPackage,
  zipBucket,
} from "./read-package.ts";
import type { PackageState } from "./read-package.ts";
import type { PackageSession } from "./session.ts";

/**
 * Does nothing where the store has it.
 *
 * @throws what fetching, building wheels, staging, proving and packing throw; nothing is kept then
 */
export async function buildPackage(session: PackageSession, want: PackageWant): Promise<void> {
  const state = await readPackage(session, want);
  if (state.built !== undefined) return;
  const { key, table } = state;
  if (key === undefined)
    throw new Error(`package ${want.label} was built before its lock was written`);
  const store = await session.store();
  const { zip, compiled } = await packed(session, want, state, key);
  const { runtime, architecture } = want;
  store.writeRecord(packageBucket, key, { ...zip, runtime, architecture, compiled });
  store.writeRecord(lastBucket, lastKey(session, want), table);
}

interface PackedZip {
  readonly zip: { readonly sha256: string; readonly size: number; readonly unzippedSize: number };
  readonly compiled: readonly string[];
}

/** A wheel that went bad in the store is fetched again, once. */
async function packed(
  session: PackageSession,
  want: PackageWant,
  state: PackageState,
  key: string,
): Promise<PackedZip> {
  try {
    return await packOnce(session, want, state, key);
  } catch (error) {
    if (!(error instanceof WheelDamaged)) throw error;
    session.warn(`${error.message}; it is fetched again`);
    rmSync(error.file, { force: true });
    return packOnce(session, want, state, key);
  }
}

async function packOnce(
  session: PackageSession,
  want: PackageWant,
  state: PackageState,
  key: string,
): Promise<PackedZip> {
  const store = await session.store();
  // Its name is its sha256, which is known once it is written: until then it is under the key.
  const place = store.path(zipBucket, key);
  mkdirSync(dirname(place), { recursive: true, mode: 0o700 });
  const made = await packedAt(place, { session, want, state, store });
  const { index, ...zip } = made.packed;
  const path = store.path(zipBucket, zip.sha256);
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  renameSync(place, path);
  if (made.base !== undefined) {
    const { sha256 } = zip;
    store.writeRecord(baseBucket, made.base, {
      sha256,
      index,
      compiled: made.compiled,
    } satisfies Base);
  }
  return { zip, compiled: made.compiled };
}

/** A zip of the same dependencies and own paths: of the next one only own files' bytes differ. */
interface Base {
  readonly sha256: string;
  readonly index: Packed["index"];
  readonly compiled: readonly string[];
}

interface Packing {
  readonly session: PackageSession;
  readonly want: PackageWant;
  readonly state: PackageState;
  readonly store: Store;
}

interface Made {
  readonly packed: Packed;
  readonly compiled: readonly string[];
  /** Under which it is the base of others. */
  readonly base?: string;
}

async function packedAt(place: string, packing: Packing): Promise<Made> {
  const { session, want, state, store } = packing;
  const own = ownEntries(want, state.inspected.sources);
  const key = baseKey(own, packing);
  const base =
    key === undefined ? undefined : (store.readRecord(baseBucket, key) as Base | undefined);
  const zip = base === undefined ? undefined : store.find(zipBucket, base.sha256);
  if (base !== undefined && zip !== undefined && key !== undefined) {
    const packed = await repack(own, place, { base: { path: zip, index: base.index } });
    if (packed !== undefined) return { packed, compiled: base.compiled, base: key };
  }
  const { stagePackage } = await import("./stage-package.ts");
  const { entries, compiled, shadowing } = await stagePackage(session, want, {
    inspected: state.inspected,
    own,
  });
  if (entries.length === 0) throw nothingIn(want);
  const packed = await pack(entries, place);
  return { packed, compiled, ...(key === undefined || shadowing ? {} : { base: key }) };
}

/** Undefined where an edit of an own file may mean more than other bytes: a binary is proved each time. */
function baseKey(own: readonly OwnEntry[], { want, state }: Packing): string | undefined {
  if (want.bytecode || want.part === "dependencies" || own.some(({ path }) => path.endsWith(".so")))
    return undefined;
  const paths = own.map(({ path, mode }) => `${mode.toString(8)} ${path}`).toSorted();
  return keyOf({ ...state.inspected.table, "own paths": paths.join("\n") });
}

function nothingIn({ label, part }: PackageWant): TouchdownError {
  const hint =
    part === "dependencies"
      ? "it depends on nothing: leave the layer out"
      : "name its sources, a project or requirements; plain modules beside the Touchdownfile are found by themselves";
  return new TouchdownError("PACKAGE_EMPTY", `package ${label} would be an empty zip`, { hint });
}
