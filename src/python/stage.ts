import { compareBytes } from "./byte-order.ts";
import { settler, type Settle } from "./settle.ts";
import type { FromWheel, StagedEntry, StagedWheel, StageInput } from "./staged.ts";
import type { WheelEntry } from "./wheel-contents.ts";

export type { StagedEntry, StagedWheel, StageInput } from "./staged.ts";

/**
 * List what goes into a zip: the wheels' files, one's own, minus what is excluded.
 *
 * Two files of the same path must have the same bytes; they become one, executable if one of them was. Otherwise:
 *
 * - of two wheels, that of the distribution which `prefer` names first;
 * - one's own file in place of a wheel's only where its path was included by name: a folder `tests` or a
 *   `requests.py` that replaces half of a dependency is more often an accident than meant;
 * - else it is an error that names both.
 *
 * @returns  in byte order of path, whatever the order of the input
 * @throws PATH_CONFLICT
 */
export function stage(input: StageInput): readonly StagedEntry[] {
  const { settle, refuseFilesAsFolders } = settler(input);
  const lists = [...input.wheels.map(entriesOf), input.own.toSorted(byPath)];
  const { exclude, include } = input;
  const all = mergeAll(lists, settle);
  const kept =
    exclude === undefined ? all : all.filter(({ path }) => !exclude(path) || include?.(path));
  refuseFilesAsFolders(kept);
  return kept;
}

/** The same objects each time: three hundred packages of one run share their wheels. */
function entriesOf(wheel: StagedWheel): readonly FromWheel[] {
  const known = staged.get(wheel.entries);
  if (known?.file === wheel.file) return known.entries;
  const { sha256, file } = wheel;
  const entries = wheel.entries.map((entry): FromWheel => fromWheel(entry, sha256, file));
  staged.set(wheel.entries, { file, entries });
  return entries;
}

const staged = new WeakMap<
  readonly WheelEntry[],
  { readonly file: string; readonly entries: readonly FromWheel[] }
>();

/** Field by field, because a spread of thousands of entries is slow before it is compiled. */
function fromWheel(entry: WheelEntry, wheel: string, file: string): FromWheel {
  const placed: FromWheel = {
    path: entry.path,
    mode: entry.mode,
    from: "wheel",
    wheel,
    file,
    size: entry.size,
    compressedSize: entry.compressedSize,
    method: entry.method,
    crc32: entry.crc32,
    sha256: entry.sha256,
    dataOffset: entry.dataOffset,
    rawCrc32: entry.rawCrc32,
  };
  return entry.bytes === undefined ? placed : { ...placed, bytes: entry.bytes };
}

/** Two and two, so that each entry is compared a few times only. */
function mergeAll(
  lists: readonly (readonly StagedEntry[])[],
  both: Settle,
): readonly StagedEntry[] {
  if (lists.length <= 1) return once(lists[0] ?? [], both);
  const half = lists.length >> 1;
  return merge(mergeAll(lists.slice(0, half), both), mergeAll(lists.slice(half), both), both);
}

/** A list may have a path twice itself: one's own files come from several places. */
function once(list: readonly StagedEntry[], both: Settle): readonly StagedEntry[] {
  if (list.every((entry, index) => list[index + 1]?.path !== entry.path)) return list;
  const entries: StagedEntry[] = [];
  for (const entry of list) {
    const last = entries.at(-1);
    if (last?.path === entry.path) entries[entries.length - 1] = both(last, entry);
    else entries.push(entry);
  }
  return entries;
}

function merge(
  left: readonly StagedEntry[],
  right: readonly StagedEntry[],
  both: Settle,
): readonly StagedEntry[] {
  const merged: StagedEntry[] = [];
  let [i, j] = [0, 0];
  for (;;) {
    const [a, b] = [left[i], right[j]];
    if (a === undefined) return merged.concat(right.slice(j));
    if (b === undefined) return merged.concat(left.slice(i));
    const order = compareBytes(a.path, b.path);
    merged.push(order === 0 ? both(a, b) : order < 0 ? a : b);
    if (order <= 0) i++;
    if (order >= 0) j++;
  }
}

function byPath(a: StagedEntry, b: StagedEntry): number {
  return compareBytes(a.path, b.path);
}
