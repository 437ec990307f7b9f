import { TouchdownError } from "../errors.ts";
import type { FromWheel, StagedEntry, StageInput } from "./staged.ts";
import { sha256Hex } from "../host/sha256.ts";

/** One entry for two of the same path: the same one whichever comes first. @throws PATH_CONFLICT */
export type Settle = (a: StagedEntry, b: StagedEntry) => StagedEntry;

/** How `stage` decides between files that want the same place. */
export function settler(input: StageInput): {
  readonly settle: Settle;
  readonly refuseFilesAsFolders: (entries: readonly StagedEntry[]) => void;
} {
  const nameOf = namer(input);
  // one's own files that replace whatever the wheels have there, also where these disagree
  const named = new Set(input.own.map(({ path }) => path).filter((path) => input.include?.(path)));

  const settle: Settle = (a, b) => {
    const [first, second] = nameOf(a) <= nameOf(b) ? ([a, b] as const) : ([b, a] as const);
    if (isSame(a, b)) return first.mode === second.mode ? first : { ...first, mode: 0o755 };
    const { path } = a;
    const excluded = input.exclude?.(path) === true && input.include?.(path) !== true;
    if (excluded) return first;
    if (named.has(path)) {
      const own = [a, b].filter(({ from }) => from !== "wheel");
      const [only] = own;
      if (own.length === 0) return first;
      if (own.length === 1 && only !== undefined) return only;
    }
    const best = preferred(first, second, input);
    if (best !== undefined) return best;
    throw conflict(
      `${show(path)} is in both ${nameOf(first)} and ${nameOf(second)}, with different bytes`,
      wayOut(first, second),
    );
  };

  const refuseFilesAsFolders = (entries: readonly StagedEntry[]): void => {
    const folders = foldersOf(entries);
    const file = entries.find(({ path }) => folders.has(path));
    if (file === undefined) return;
    const below = entries.find(({ path }) => path.startsWith(`${file.path}/`)) ?? file;
    throw conflict(
      `${show(file.path)} is a file of ${nameOf(file)} and a folder of ${nameOf(below)}`,
      "exclude one of them",
    );
  };
  return { settle, refuseFilesAsFolders };
}

function namer({ wheels }: StageInput): (entry: StagedEntry) => string {
  const names = new Map(wheels.map(({ sha256, name, version }) => [sha256, `${name} ${version}`]));
  return (entry) => {
    if (entry.from === "wheel") return names.get(entry.wheel) ?? entry.file;
    return entry.from === "file" ? entry.file : "your own files";
  };
}

function isSame(a: StagedEntry, b: StagedEntry): boolean {
  return sizeOf(a) === sizeOf(b) && hashOf(a) === hashOf(b);
}

function sizeOf(entry: StagedEntry): number {
  return entry.from === "bytes" ? entry.bytes.length : entry.size;
}

/** As 64 hex digits. */
function hashOf(entry: StagedEntry): string {
  if (entry.from === "file") return entry.sha256;
  if (entry.from === "bytes") return sha256Hex(entry.bytes);
  return Buffer.from(entry.sha256, "base64url").toString("hex");
}

function preferred(
  a: StagedEntry,
  b: StagedEntry,
  { prefer = [], wheels }: StageInput,
): FromWheel | undefined {
  if (a.from !== "wheel" || b.from !== "wheel") return undefined;
  const rank = ({ wheel }: FromWheel): number => {
    const name = wheels.find(({ sha256 }) => sha256 === wheel)?.name ?? "";
    const at = prefer.indexOf(name);
    return at === -1 ? Infinity : at;
  };
  if (rank(a) === rank(b)) return undefined;
  return rank(a) < rank(b) ? a : b;
}

function wayOut(a: StagedEntry, b: StagedEntry): string {
  const path = show(a.path);
  const wheels = [a, b].filter(({ from }) => from === "wheel").length;
  if (wheels === 0) return "rename one of them, or leave one out";
  if (wheels === 1)
    return `to have your own file there, add ${path} to include; else rename it, or exclude it`;
  return `leave out one of the two with withoutPackages, leave out the file of both with exclude, or have a file of your own there and add ${path} to include`;
}

/** Every folder that something is in. Entries come sorted, so those of a folder come one after the other. */
function foldersOf(entries: readonly StagedEntry[]): ReadonlySet<string> {
  const folders = new Set<string>();
  let last = "";
  for (const { path } of entries) {
    const end = path.lastIndexOf("/");
    if (end === -1 || (end === last.length && path.startsWith(last))) continue;
    last = path.slice(0, end);
    for (let at = end; at !== -1; at = path.lastIndexOf("/", at - 1)) {
      const folder = path.slice(0, at);
      if (folders.has(folder)) break;
      folders.add(folder);
    }
  }
  return folders;
}

function show(path: string): string {
  return JSON.stringify(path);
}

function conflict(message: string, hint: string): TouchdownError {
  return new TouchdownError("PATH_CONFLICT", message, { hint });
}
