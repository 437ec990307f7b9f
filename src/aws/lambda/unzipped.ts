/** What is in a zip for Lambda, and whether Lambda can unpack it. */
import type { Artifact } from "../../core/artifact.ts";
import type { Problem } from "../../core/define.ts";
import { TouchdownError } from "../../errors.ts";
import { readCentralDirectory } from "../../zip/read.ts";
import type { ZipEntry } from "../../zip/read.ts";
import { megabytes } from "./upload.ts";

/** @source Lambda developer guide, "Lambda quotas": deployment package, unzipped, layers included */
export const unzippedBytes = 262_144_000;

type Entries = Promise<readonly ZipEntry[] | Problem>;

/** Of the zips that were looked into last: functions that share one look into it one after the other. */
const looked = new Map<string, Entries>();
const remembered = 8;

/** @param argument  the one that the zip was given as: `code` */
export function entriesOf(argument: string, zip: Artifact): Entries {
  const key = `${argument} ${zip.name} ${zip.sha256}`;
  const entries = looked.get(key) ?? readEntries(argument, zip);
  looked.delete(key);
  looked.set(key, entries);
  // what can't be read now may be read later
  entries.catch(() => looked.delete(key));
  const [oldest] = looked.keys();
  if (looked.size > remembered && oldest !== undefined) looked.delete(oldest);
  return entries;
}

async function readEntries(argument: string, zip: Artifact): Entries {
  try {
    // Lambda's own limit is what counts here, whatever the zip's ratio.
    return await readCentralDirectory(zip, { maxRatio: Infinity });
  } catch (error) {
    if (!(error instanceof TouchdownError)) throw error;
    return {
      path: [argument],
      message: `is no zip that Lambda could unpack: ${zip.name}: ${error.message}`,
      code: error.code,
      ...(error.hint === undefined ? {} : { hint: error.hint }),
    };
  }
}

export function sizeProblems(
  argument: string,
  zip: Artifact,
  entries: readonly ZipEntry[],
): readonly Problem[] {
  const total = totalOf(entries);
  if (total <= unzippedBytes) return [];
  const biggest = biggestOf(entries).map(([name, size]) => `${name} ${megabytes(size)}`);
  return [
    {
      path: [argument],
      code: "CODE_TOO_BIG",
      message: `has ${total} bytes unzipped (${zip.name}), and Lambda takes ${unzippedBytes}`,
      hint: `the biggest things in it: ${biggest.join(", ")}`,
    },
  ];
}

/** By what stands at the top of the zip: a package counts as a whole. */
function biggestOf(entries: readonly ZipEntry[]): readonly [string, number][] {
  const sizes = new Map<string, number>();
  for (const { path, size } of entries) {
    const name = path.includes("/") ? path.slice(0, path.indexOf("/") + 1) : path;
    sizes.set(name, (sizes.get(name) ?? 0) + size);
  }
  return [...sizes].toSorted(([, a], [, b]) => b - a).slice(0, 10);
}

/** By sha256: one layer is asked for by every function that uses it. */
const known = new Map<string, Promise<number>>();

/** Bytes; 0 for what is no zip, which its own check says. */
export function unzippedSizeOf(zip: Artifact): Promise<number> {
  const { unzippedSize, sha256 } = zip;
  if (unzippedSize !== undefined) return Promise.resolve(unzippedSize);
  const size =
    known.get(sha256) ??
    entriesOf("content", zip).then((entries) => ("message" in entries ? 0 : totalOf(entries)));
  known.set(sha256, size);
  return size;
}

function totalOf(entries: readonly ZipEntry[]): number {
  return entries.reduce((sum, { size }) => sum + size, 0);
}
