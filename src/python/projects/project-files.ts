/** Which files of a project's folder belong to it: what its build is given, and what its hash is made of. */
import { existsSync, lstatSync, readdirSync, realpathSync, statSync, type Stats } from "node:fs";
import { dirname, join, relative, sep } from "node:path";
import { isHalfWritten } from "../../host/files.ts";
import { isTagged } from "../never-in.ts";

export type ProjectFile = {
  /** In the project, `/`-separated; of a file above it `../…`. */
  readonly path: string;
  /** Absolute. */
  readonly file: string;
  readonly mode: 0o644 | 0o755;
};

/**
 * The files of a project, in order of their path: all but version control, virtual environments, caches, and what an
 * earlier build left. A build in place would take modules up again that were removed: setuptools keeps them in
 * `build/lib`. A link counts as what it leads to.
 *
 * @param folder  absolute
 */
export function projectFiles(folder: string): readonly ProjectFile[] {
  const files: ProjectFile[] = [];
  walk({ folder, path: "", above: [] }, files);
  files.push(...ignoreFileAbove(folder));
  return files.toSorted((a, b) => (a.path < b.path ? -1 : 1));
}

const folderNames = new Set([
  ".aws-sam",
  ".bzr",
  ".eggs",
  ".git",
  ".hg",
  ".hypothesis",
  ".idea",
  ".jj",
  ".mypy_cache",
  ".nox",
  ".pytest_cache",
  ".ruff_cache",
  ".serverless",
  ".svn",
  ".terraform",
  ".touchdown",
  ".tox",
  ".venv",
  ".vscode",
  "__pycache__",
  "htmlcov",
  "node_modules",
]);
const folderPattern = /\.egg-info$/;

/** Among them what no backend reads, and what is edited without meaning the project: locks, the Touchdownfile. */
const filePattern =
  /(\.py[co]|~|\.sw[op])$|^(\.coverage(\..*)?|\.DS_Store|\.env(\..*)?|\.envrc|Thumbs\.db|Touchdownfile\..*|pylock(\.[^.]+)?\.toml|uv\.lock|poetry\.lock|pdm\.lock)$/;

/** What builds leave, by its path in the project. */
const leftPattern =
  /^(build\/(lib|lib\..*|bdist\..*|temp\..*|scripts-.*)\/|dist\/[^/]+\.(whl|tar\.gz|zip)$)/;

type Place = {
  readonly folder: string;
  /** Of the folder in the project, with `/` at its end. */
  readonly path: string;
  /** Real paths of the folders it is in: a link to one of them would never end. */
  readonly above: readonly string[];
};

function walk({ folder, path, above }: Place, files: ProjectFile[]): void {
  const inside = [...above, realpathSync(folder)];
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const { name } = entry;
    const file = join(folder, name);
    const stat = entry.isSymbolicLink() ? statSync(file, { throwIfNoEntry: false }) : lstat(file);
    if (stat?.isFile() === true) {
      const place = `${path}${name}`;
      if (!filePattern.test(name) && !leftPattern.test(place) && !isHalfWritten(name))
        files.push({ path: place, file, mode: modeOf(stat) });
    } else if (stat?.isDirectory() === true && !isLeftOut(file, name)) {
      const place = `${path}${name}/`;
      if (leftPattern.test(place)) continue;
      if (entry.isSymbolicLink() && inside.includes(realpathSync(file))) continue;
      walk({ folder: file, path: place, above: inside }, files);
    }
  }
}

/** A virtual environment and a cache may have any name. */
function isLeftOut(folder: string, name: string): boolean {
  return folderNames.has(name) || folderPattern.test(name) || isTagged(folder);
}

/**
 * hatchling obeys the nearest .gitignore, up to the folder that has .git: in a repository of several projects it is
 * above them.
 */
function ignoreFileAbove(project: string): readonly ProjectFile[] {
  for (let folder = project; ; folder = dirname(folder)) {
    const file = join(folder, ".gitignore");
    const stat = statSync(file, { throwIfNoEntry: false });
    if (stat?.isFile() === true) {
      const path = relative(project, file).split(sep).join("/");
      return folder === project ? [] : [{ path, file, mode: 0o644 }];
    }
    if (existsSync(join(folder, ".git")) || dirname(folder) === folder) return [];
  }
}

function lstat(file: string): Stats | undefined {
  return lstatSync(file, { throwIfNoEntry: false });
}

/** Windows has no such bit, and none is taken as set there. */
function modeOf(stat: Stats): 0o644 | 0o755 {
  return process.platform !== "win32" && (stat.mode & 0o100) !== 0 ? 0o755 : 0o644;
}
