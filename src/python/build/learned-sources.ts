import type { WheelFileEntry } from "./normal-wheel.ts";
import { isTable, type Table } from "../projects/toml-table.ts";
import type { ProjectTree } from "../projects/tree-hash.ts";

/** What a build has shown of a project. */
export type LearnedSources = {
  /** The sha256 of every file of it, by path. */
  readonly files: Readonly<Record<string, string>>;
  /** The wheel's entry by the path of the file whose bytes it has, of those files that mean nothing else to a build. */
  readonly entries: Readonly<Record<string, string>>;
};

/**
 * Learn from a wheel which of its entries are source files as they are. An entry is one where one file alone has its
 * bytes, and a path that ends with its own: `src/pkg/a.py` is `pkg/a.py`. Left out are bytes that are there twice, so
 * that it is uncertain which became which (empty modules; a license that is in the dist-info folder too), and files
 * that pyproject.toml names, which metadata may be made of.
 *
 * @param document  the project's pyproject.toml
 */
export function learnSources(
  wheel: readonly WheelFileEntry[],
  tree: ProjectTree,
  document: Table,
): LearnedSources {
  const named = new Set(stringsIn(document).map((text) => text.replace(/^\.\//, "")));
  const files = byHash(tree.files);
  const entries: Record<string, string> = {};
  for (const [sha256, same] of byHash(wheel)) {
    const [file, ...otherFiles] = files.get(sha256) ?? [];
    const [entry, ...otherEntries] = same;
    if (file === undefined || entry === undefined || otherFiles.length + otherEntries.length > 0)
      continue;
    const copied = !isMetadata(entry) && `/${file.path}`.endsWith(`/${entry.path}`);
    if (copied && !named.has(file.path) && !configuration.test(file.path))
      entries[file.path] = entry.path;
  }
  return {
    files: Object.fromEntries(tree.files.map(({ path, sha256 }) => [path, sha256])),
    entries,
  };
}

/** What backends write themselves; in `.data/scripts` they also write first lines anew. */
function isMetadata({ path }: WheelFileEntry): boolean {
  return /^[^/]+\.(dist-info|data)\//.test(path);
}

/** What decides which files go in, wherever it is. */
const configuration =
  /(^|\/)(pyproject\.toml|setup\.(py|cfg)|MANIFEST\.in|hatch\.toml|hatch_build\.py|pdm_build\.py|\.gitignore|\.hgignore)$/;

function byHash<File extends { readonly sha256: string }>(
  files: readonly File[],
): ReadonlyMap<string, readonly File[]> {
  const groups = new Map<string, File[]>();
  for (const file of files) {
    const group = groups.get(file.sha256);
    if (group === undefined) groups.set(file.sha256, [file]);
    else group.push(file);
  }
  return groups;
}

function stringsIn(value: unknown): readonly string[] {
  if (typeof value === "string") return [value];
  if (Array.isArray(value)) return value.flatMap(stringsIn);
  return isTable(value) ? Object.values(value).flatMap(stringsIn) : [];
}
