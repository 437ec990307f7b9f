/** What is never copied into a zip unless its name is given: what is no part of a program. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { cacheTag } from "../host/dirs.ts";
import { isHalfWritten } from "../host/files.ts";

/** By their last name. A name that ends with `*` is a beginning, one that begins with `*` an end. */
const folders = [
  ".git",
  ".hg",
  ".svn",
  ".jj",
  "__pycache__",
  ".pytest_cache",
  ".mypy_cache",
  ".ruff_cache",
  ".pyright",
  ".hypothesis",
  ".tox",
  ".nox",
  ".venv",
  ".eggs",
  "*.egg-info",
  "htmlcov",
  "node_modules",
  ".idea",
  ".vscode",
  ".terraform",
  ".serverless",
  ".aws-sam",
  ".touchdown",
];

const files = [
  "*.pyc",
  "*.pyo",
  ".coverage",
  ".coverage.*",
  ".env",
  ".env.*",
  ".envrc",
  "Touchdownfile.*",
  ".gitignore",
  ".gitattributes",
  ".DS_Store",
  "Thumbs.db",
  "desktop.ini",
  "*.swp",
  "*.swo",
  "*~",
  ".#*",
];

/** Whether a file of this name stays out. */
export function isFileNeverIn(name: string): boolean {
  return matchesFile(name) || isHalfWritten(name);
}

/**
 * Whether the folder at `path`, whose last name is `name`, stays out: also each virtual environment and each cache that
 * is tagged as one, whatever they are called.
 */
export function isFolderNeverIn(path: string, name: string): boolean {
  return matchesFolder(name) || isTagged(path);
}

/** Whether a folder says of itself that it is a virtual environment or a cache. */
export function isTagged(folder: string): boolean {
  return ["pyvenv.cfg", cacheTag].some((tag) => existsSync(join(folder, tag)));
}

const matchesFile = matcher(files);
const matchesFolder = matcher(folders);

function matcher(patterns: readonly string[]): (name: string) => boolean {
  const exact = new Set(patterns.filter((each) => !each.includes("*")));
  const starts = patterns.filter((each) => each.endsWith("*")).map((each) => each.slice(0, -1));
  const ends = patterns.filter((each) => each.startsWith("*")).map((each) => each.slice(1));
  return (name) =>
    exact.has(name) ||
    ends.some((end) => name.endsWith(end)) ||
    starts.some((start) => name.startsWith(start));
}
