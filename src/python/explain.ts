/** What is in a zip and from where, and why two zips differ. */
import type { ZipEntry } from "../zip/read.ts";

/** An entry of a package's zip, with what it comes from. */
export interface ExplainedEntry {
  readonly path: string;
  /** Bytes, uncompressed. */
  readonly size: number;
  /** Bytes in the zip. */
  readonly compressedSize: number;
  /** `requests 2.32.3`, `source src/app.py`, `generated`. */
  readonly origin: string;
}

export interface ExplainedOrigin {
  readonly origin: string;
  readonly files: number;
  /** Bytes, uncompressed. */
  readonly size: number;
  /** Bytes in the zip. */
  readonly compressedSize: number;
}

/** What each origin takes, the biggest first. */
export function byOrigin(entries: readonly ExplainedEntry[]): readonly ExplainedOrigin[] {
  const origins = new Map<string, ExplainedOrigin>();
  for (const { origin, size, compressedSize } of entries) {
    const before = origins.get(origin) ?? { origin, files: 0, size: 0, compressedSize: 0 };
    origins.set(origin, {
      origin,
      files: before.files + 1,
      size: before.size + size,
      compressedSize: before.compressedSize + compressedSize,
    });
  }
  return [...origins.values()].toSorted(
    (a, b) => b.size - a.size || (a.origin < b.origin ? -1 : 1),
  );
}

export type DifferenceKind = "only here" | "only there" | "contents" | "compression" | "mode";

export interface Difference {
  readonly path: string;
  readonly kind: DifferenceKind;
  /** What a person is told: `1.2 kB here, 1.3 kB there`. */
  readonly origin: string | undefined;
  /** Bytes, uncompressed; undefined where it is not. */
  readonly sizes: { readonly here: number | undefined; readonly there: number | undefined };
}

export interface Comparison {
  readonly differences: readonly Difference[];
  /** Distributions of another version, or in one zip only. */
  readonly versions: readonly DistributionChange[];
}

export interface DistributionChange {
  readonly name: string;
  readonly here: string | undefined;
  readonly there: string | undefined;
}

/**
 * Compare by meaning: contents first, then how they are compressed, then their modes.
 *
 * @param originOf  of the entries here
 */
export function compareZips(
  here: readonly ZipEntry[],
  there: readonly ZipEntry[],
  originOf: (path: string) => string | undefined,
): Comparison {
  const [ours, theirs] = [filesOf(here), filesOf(there)];
  const paths = [...new Set([...ours.keys(), ...theirs.keys()])].toSorted();
  const differences = paths.flatMap((path): Difference[] => {
    const [a, b] = [ours.get(path), theirs.get(path)];
    const kind = kindOf(a, b);
    if (kind === undefined) return [];
    return [{ path, kind, origin: originOf(path), sizes: { here: a?.size, there: b?.size } }];
  });
  return { differences, versions: versionChanges(ours.keys(), theirs.keys()) };
}

function filesOf(entries: readonly ZipEntry[]): ReadonlyMap<string, ZipEntry> {
  return new Map(
    entries.filter(({ type }) => type !== "folder").map((entry) => [entry.path, entry]),
  );
}

function kindOf(a: ZipEntry | undefined, b: ZipEntry | undefined): DifferenceKind | undefined {
  if (a === undefined) return "only there";
  if (b === undefined) return "only here";
  if (a.size !== b.size || a.crc32 !== b.crc32) return "contents";
  if (a.compressedSize !== b.compressedSize || a.method !== b.method) return "compression";
  return a.mode === b.mode ? undefined : "mode";
}

function versionChanges(
  here: Iterable<string>,
  there: Iterable<string>,
): readonly DistributionChange[] {
  const [ours, theirs] = [distributions(here), distributions(there)];
  return [...new Set([...ours.keys(), ...theirs.keys()])]
    .toSorted()
    .map((name) => ({ name, here: ours.get(name), there: theirs.get(name) }))
    .filter((change) => change.here !== change.there);
}

/** By the names of their dist-info folders. @source "Recording installed projects" (packaging.python.org) */
function distributions(paths: Iterable<string>): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const path of paths) {
    const match = /^(?:python\/)?([^/]+)-([^/-]+)\.dist-info\//u.exec(path);
    if (match?.[1] !== undefined && match[2] !== undefined) found.set(match[1], match[2]);
  }
  return found;
}
