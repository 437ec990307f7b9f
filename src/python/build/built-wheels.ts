/** The wheels that were built here, in the store, each under the hash of what it was built from. */
import { writeFile } from "node:fs/promises";
import { TouchdownError } from "../../errors.ts";
import type { Store } from "../../store/store.ts";
import type { NormalWheel } from "./normal-wheel.ts";
import { isTable } from "../projects/toml-table.ts";
import { isPure, parseWheelName } from "../wheel/wheel-name.ts";
import { sha256Hex } from "../../host/sha256.ts";

/** As one that was fetched, of which every byte is known by its hash; deflated by us, so it may be copied from. */
export type BuiltWheel = {
  /** `six-1.16.0-py2.py3-none-any.whl` */
  readonly name: string;
  readonly path: string;
  /** 64 hex digits. */
  readonly sha256: string;
  /** It holds what was compiled on this machine, and is only as reproducible as the compiler. */
  readonly compiled: boolean;
  /** Whether all that the build used was locked; otherwise it may come out differently elsewhere. */
  readonly locked: boolean;
};

export type MadeWheel = Pick<NormalWheel, "bytes" | "sha256"> & {
  readonly name: string;
  /** Whether all that the build used was locked. */
  readonly locked: boolean;
};

/** Raise the numbers when a build, or what is made of its wheel, changes: with another bucket all is built anew. */
const wheelBucket = "built-wheels-v1";
const recordBucket = "builds-v1";

/** The key of a build: what goes into it, in order. */
export function buildKey(parts: readonly unknown[]): string {
  return sha256Hex(JSON.stringify(parts));
}

/** A build that was done before, on a machine as this one where that is of importance. */
export function findBuilt(store: Store, key: string): BuiltWheel | undefined {
  const record = store.readRecord(recordBucket, key);
  if (!isTable(record)) return undefined;
  const { name, sha256, locked, machine } = record;
  if (typeof name !== "string" || typeof sha256 !== "string") return undefined;
  const compiled = isCompiled(name);
  if (compiled && machine !== thisMachine) return undefined;
  const path = store.find(wheelBucket, key);
  if (path === undefined) return undefined;
  return { name, path, sha256, compiled, locked: locked === true };
}

export type BuildOnceOptions = {
  /** For messages. */
  readonly what: string;
  readonly onProgress?: (line: string) => void;
  readonly signal?: AbortSignal;
};

/**
 * A build's wheel, built where it was not before; once, also by two processes at a time.
 *
 * @throws INTERRUPTED, STORE_WRITE, and what `build` throws
 */
export async function builtOnce(
  store: Store,
  key: string,
  { what, onProgress, signal }: BuildOnceOptions,
  build: () => Promise<MadeWheel>,
): Promise<BuiltWheel> {
  const found = findBuilt(store, key);
  if (found !== undefined) return found;
  // a wheel without its record was built on another kind of machine, or its record was damaged
  store.discard(wheelBucket, key);
  const lock = {
    what: `the wheel of ${what} to be built`,
    atMostMs: 1_800_000,
    onWait: (pid: number) => onProgress?.(`waiting for process ${pid}, which builds ${what}`),
    ...(signal === undefined ? {} : { signal }),
  };
  let made: BuiltWheel | undefined;
  const path = await store.once(wheelBucket, key, lock, async (temporary) => {
    const wheel = await build();
    await writeFile(temporary, wheel.bytes);
    made = record(store, key, wheel);
  });
  const whole = made === undefined ? findBuilt(store, key) : { ...made, path };
  if (whole !== undefined) return whole;
  throw new TouchdownError("STORE_WRITE", `the store has lost what was built of ${what}`, {
    hint: "build again",
  });
}

/**
 * Keep a wheel that was quick to make: without a lock, since making it twice costs less than one.
 *
 * @throws STORE_WRITE
 */
export async function keepMade(store: Store, key: string, wheel: MadeWheel): Promise<BuiltWheel> {
  const made = record(store, key, wheel);
  await store.place(wheelBucket, key, (temporary) => writeFile(temporary, wheel.bytes));
  return made;
}

function record(
  store: Store,
  key: string,
  { name, sha256, locked }: Omit<BuiltWheel, "compiled" | "path">,
): BuiltWheel {
  store.writeRecord(recordBucket, key, { name, sha256, locked, machine: thisMachine });
  const path = store.path(wheelBucket, key);
  return { name, sha256, locked, path, compiled: isCompiled(name) };
}

const thisMachine = `${process.platform} ${process.arch}`;

function isCompiled(name: string): boolean {
  return !isPure(parseWheelName(name));
}
