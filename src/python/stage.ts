import { compareBytes } from "./byte-order.ts";
import { settler, type Settle } from "./settle.ts";
import type { FromWheel, StagedEntry, StagedWheel, StageInput } from "./staged.ts";
import type { WheelEntry } from "./wheel/wheel-contents.ts";

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
  const own = input.own.toSorted(byPath);
  // of its own paths that are there twice, the second is in a list of its own
  const lists = [...input.wheels.map(entriesOf), ...apart(own)];
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

/**
 * Wheels rarely have files in each other's folders, so what one of them has before the next file of any other is a
 * long run: its end is found by halving, and it is taken as a whole.
 */
function mergeAll(
  lists: readonly (readonly StagedEntry[])[],
  both: Settle,
): readonly StagedEntry[] {
  const merged: StagedEntry[] = [];
  const heads = lists.map((list) => ({ list, at: 0 }));
  for (;;) {
    const first = smallest(heads);
    const entry = first?.list[first.at];
    if (first === undefined || entry === undefined) return merged;
    const rest = heads.filter((head) => head !== first);
    const second = smallest(rest);
    const limit = second?.list[second.at]?.path;
    if (limit === entry.path) {
      merged.push(settleAll(heads, entry.path, both));
      continue;
    }
    const end = limit === undefined ? first.list.length : before(first.list, first.at, limit);
    for (; first.at < end; first.at++) {
      const next = first.list[first.at];
      if (next !== undefined) merged.push(next);
    }
  }
}

interface Head {
  readonly list: readonly StagedEntry[];
  at: number;
}

/** Whose next entry comes before those of all others. */
function smallest(heads: readonly Head[]): Head | undefined {
  let best: Head | undefined;
  let path = "";
  for (const head of heads) {
    const next = head.list[head.at];
    if (next === undefined || (best !== undefined && compareBytes(next.path, path) >= 0)) continue;
    best = head;
    ({ path } = next);
  }
  return best;
}

/** The index of the first entry from `start` on that does not come before a path. */
function before(list: readonly StagedEntry[], start: number, path: string): number {
  let [low, high] = [start, list.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    const entry = list[middle];
    if (entry !== undefined && compareBytes(entry.path, path) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** One entry for all of a path. */
function settleAll(heads: readonly Head[], path: string, both: Settle): StagedEntry {
  const same = heads.flatMap((head) => {
    const next = head.list[head.at];
    if (next?.path !== path) return [];
    head.at++;
    return [next];
  });
  return same.reduce(both);
}

/** Lists in which no path is twice: one's own files come from several places. */
function apart(sorted: readonly StagedEntry[]): readonly (readonly StagedEntry[])[] {
  const again = sorted.filter((entry, index) => sorted[index - 1]?.path === entry.path);
  if (again.length === 0) return [sorted];
  const once = sorted.filter((entry, index) => sorted[index - 1]?.path !== entry.path);
  return [once, ...apart(again)];
}

function byPath(a: StagedEntry, b: StagedEntry): number {
  return compareBytes(a.path, b.path);
}
