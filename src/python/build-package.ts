/** Build one package: fetch what is missing, stage, prove, pack, and remember it under its key. */
import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { TouchdownError } from "../errors.ts";
import { pack, repack, WheelDamaged } from "./pack.ts";
import type { OwnEntry, Packed } from "./pack.ts";
import type { ZipSummary } from "../zip/write.ts";
import { HeldBase } from "./held-base.ts";
import { ownEntries } from "./own-entries.ts";
import type { PackageWant } from "./package-schema.ts";
import type { Store } from "../store/store.ts";
import { storeFailure } from "../store/store-failure.ts";
import { baseBucket, zipBucket } from "./package-buckets.ts";
import type { PackageState } from "./read-package.ts";
import type { PackageSession } from "./session.ts";

/**
 * Does nothing where the store has it. What is deployed is known without it, so it may be built to be looked into.
 *
 * @param state  as it is now
 * @throws what fetching, building wheels, staging, proving and packing throw; nothing is kept then
 */
export async function buildPackage(
  session: PackageSession,
  want: PackageWant,
  state: PackageState,
): Promise<void> {
  const { built } = state;
  if (built !== undefined && built.deployed === undefined) return;
  const { id, inputs } = state;
  if (id === undefined)
    throw new Error(`package ${want.label} was built before its lock was written`);
  const builds = await session.builds();
  await builds.noting(want.label, async () => {
    const { zip, compiled, base } = await packed(session, want, state);
    if (built !== undefined && built.sha256 !== zip.sha256) throw notAsDeployed(want);
    return { id, inputs, made: { ...zip, compiled }, base };
  });
}

interface PackedZip {
  readonly zip: ZipSummary;
  readonly compiled: readonly string[];
  /** The sha256 of the zip that it was made from. */
  readonly base?: string;
}

/** A wheel that went bad in the store is fetched or built again, once. */
async function packed(
  session: PackageSession,
  want: PackageWant,
  state: PackageState,
): Promise<PackedZip> {
  for (const again = new Set<string>(); ;) {
    try {
      return await packOnce(session, want, state);
    } catch (error) {
      if (!(error instanceof WheelDamaged) || again.has(error.file)) throw error;
      session.warn(`${error.message}; it is fetched again`);
      again.add(error.file);
      rmSync(error.file, { force: true });
      session.forget("wheel ");
    }
  }
}

/** A zip that others of the same dependencies and own paths are made from: only own files' bytes differ. */
interface Base {
  readonly zip: ZipSummary;
  readonly index: Packed["index"];
  readonly compiled: readonly string[];
  /** The stamp its zip had when it was last checked: an edit reads it all, but need not check it all. */
  readonly checked?: string;
}

interface Packing {
  readonly session: PackageSession;
  readonly want: PackageWant;
  readonly state: PackageState;
  readonly store: Store;
  /** Beside which the zip is written. */
  readonly place: string;
  /** Where it belongs. */
  readonly name: (packed: ZipSummary) => string;
}

/** From a base, where there is one. Of packages that could share one, the first makes it, and the others wait. */
async function packOnce(
  session: PackageSession,
  want: PackageWant,
  state: PackageState,
): Promise<PackedZip> {
  const store = await session.store();
  // What a process that is killed leaves half written there is cleared away by `prune`.
  const place = await session.once("zips' place", async () => join(zipFolder(store), "zip"));
  const name = ({ sha256 }: ZipSummary): string => store.path(zipBucket, sha256);
  const packing = { session, want, state, store, place, name };
  const own = ownEntries(want, state.inspected.sources);
  const shared = baseKey(own, packing);
  if (shared === undefined) return packAll(own, packing);
  let mine: (Base & { readonly shadowing: boolean }) | undefined;
  const base = await session.once(`base ${shared}`, async () => {
    const known = store.readRecord(baseBucket, shared) as Base | undefined;
    if (known !== undefined && store.find(zipBucket, known.zip.sha256) !== undefined) return known;
    mine = await packAll(own, packing);
    if (mine.shadowing) return undefined;
    const { zip, index, compiled } = mine;
    store.writeRecord(baseBucket, shared, { zip, index, compiled } satisfies Base);
    return mine;
  });
  if (mine !== undefined) return mine;
  const made = base === undefined ? undefined : await packFrom(base, own, packing);
  if (base === undefined || made === undefined) return packAll(own, packing);
  if (made.checked !== base.checked)
    await session.once(`checked ${shared}`, async () =>
      store.writeRecord(baseBucket, shared, { ...base, checked: made.checked }),
    );
  return made.zip;
}

async function packFrom(
  base: Base,
  own: readonly OwnEntry[],
  { session, want, store, place, name }: Packing,
): Promise<{ readonly zip: PackedZip; readonly checked: string | undefined } | undefined> {
  const { compiled, zip } = base;
  const path = store.path(zipBucket, zip.sha256);
  const removed = (await session.builds()).last.removeEarlier(want.label, zip.sha256);
  const held = await session.once("held base", async () => new HeldBase());
  const packed = await held
    .use({ ...base, path }, zip.size, (from) => repack(own, place, { base: from, name }))
    .catch(refusedBy(store));
  await removed;
  if (packed === undefined) return undefined;
  const made = { zip: factsOfZip(packed), compiled, base: zip.sha256 };
  return { zip: made, checked: packed.checked };
}

async function packAll(
  own: readonly OwnEntry[],
  packing: Packing,
): Promise<Base & { readonly shadowing: boolean }> {
  const { session, want, state, store, place, name } = packing;
  const { stagePackage } = await import("./stage-package.ts");
  const { inspected } = state;
  const { entries, compiled, shadowing } = await stagePackage(session, want, { inspected, own });
  if (entries.length === 0) throw nothingIn(want);
  const removed = (await session.builds()).last.removeEarlier(want.label);
  const packed = await pack(entries, place, { name }).catch(refusedBy(store));
  await removed;
  return { zip: factsOfZip(packed), index: packed.index, compiled, shadowing };
}

function factsOfZip({ sha256, size, unzippedSize }: ZipSummary): ZipSummary {
  return { sha256, size, unzippedSize };
}

/** Made where it is not there. */
function zipFolder(store: Store): string {
  const folder = join(store.folder, zipBucket);
  inStore(store, () => mkdirSync(folder, { recursive: true, mode: 0o700 }));
  return folder;
}

/** @throws STORE_WRITE in place of what the system says */
function inStore(store: Store, write: () => void): void {
  try {
    write();
  } catch (cause) {
    refusedBy(store)(cause);
  }
}

function refusedBy({ folder }: Store): (cause: unknown) => never {
  return (cause) => {
    throw storeFailure(folder, cause);
  };
}

/** Undefined where an edit of an own file may mean more than other bytes: a binary is proved each time. */
function baseKey(
  own: readonly OwnEntry[],
  { want, state }: Pick<Packing, "want" | "state">,
): string | undefined {
  const more =
    want.bytecode || want.part === "dependencies" || own.some(({ path }) => path.endsWith(".so"));
  return more ? undefined : state.id?.group;
}

function notAsDeployed({ label }: PackageWant): TouchdownError {
  const message = `package ${label} has other bytes here than where it was deployed from, of the same inputs`;
  return new TouchdownError("ARTIFACT_CHANGED", message, {
    hint: `touchdown explain ${label} --against deployed shows what differs`,
  });
}

function nothingIn({ label, part }: PackageWant): TouchdownError {
  const hint =
    part === "dependencies"
      ? "it depends on nothing: leave the layer out"
      : "name its sources, a project or requirements; plain modules beside the Touchdownfile are found by themselves";
  return new TouchdownError("PACKAGE_EMPTY", `package ${label} would be an empty zip`, { hint });
}
