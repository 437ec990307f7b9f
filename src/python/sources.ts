/** A user's own files: which are meant, and where they go in the zip. */
import { lstatSync, readdirSync, realpathSync, statSync } from "node:fs";
import type { Dirent, Stats } from "node:fs";
import { basename, join, relative, resolve, sep } from "node:path";
import { TouchdownError } from "../errors.ts";
import { globOf } from "./patterns.ts";
import { isFileNeverIn, isFolderNeverIn } from "./never-in.ts";

/** What a Touchdownfile says of its sources: a file, folder or glob, and, where it says so, the folder of the zip it goes to. */
export type SourceArgument = string | { readonly from: string; readonly to: string };

/** A file that is to be copied as it is. */
export interface SourceFile {
  /** In the zip. */
  readonly path: string;
  /** Absolute. */
  readonly file: string;
  readonly mode: 0o644 | 0o755;
}

interface Options {
  /** What relative names are relative to. */
  readonly folder: string;
  /** Whether a path of the zip, which would stay out, was asked for by name. */
  readonly wanted: (path: string) => boolean;
  /** Whether a path of the zip is to stay out. */
  readonly unwanted: (path: string) => boolean;
}

/**
 * The files that `sources` name, in no particular order. Each goes to the top of the zip under its own name, as `cp`
 * does; of a glob, and of a folder with a slash at its end, what is in it goes there.
 *
 * @throws SOURCE_MISSING, SOURCE_LINK, SOURCE_NAME
 */
export async function sourceFiles(
  sources: readonly SourceArgument[],
  options: Options,
): Promise<readonly SourceFile[]> {
  const all: SourceFile[] = [];
  for (const source of sources) {
    const { from, to } = typeof source === "string" ? { from: source, to: "" } : source;
    const found = await filesOf(from, below(to, options));
    if (found.length === 0) throw nothingThere(from, options.folder);
    for (const each of found) all.push(to === "" ? each : { ...each, path: `${to}/${each.path}` });
  }
  return all;
}

/** For what goes into a folder of the zip. */
function below(to: string, options: Options): Options {
  if (to === "") return options;
  const { wanted, unwanted } = options;
  return {
    ...options,
    wanted: (path) => wanted(`${to}/${path}`),
    unwanted: (path) => unwanted(`${to}/${path}`),
  };
}

/**
 * What is copied where a package names nothing: what is in `src`, or else the modules and packages of the folder.
 *
 * @returns  as `sources` would name them; empty where there are none
 */
export function defaultSources(folder: string): readonly string[] {
  const src = entriesOf(join(folder, "src"));
  if (src !== undefined) return src.filter(isOurs).map(({ name }) => `src/${name}`);
  return (entriesOf(folder) ?? [])
    .filter((entry) => isOurs(entry) && (isModule(entry) || isPackage(folder, entry)))
    .map(({ name }) => name);
}

/** Files of tools that stand beside a program and are no part of it. */
const toolFiles = new Set(["setup.py", "conftest.py", "noxfile.py", "fabfile.py", "tasks.py"]);
const testFolders = new Set(["test", "tests"]);

function isModule({ name }: Dirent): boolean {
  return name.endsWith(".py") && !toolFiles.has(name) && !/^test_|_test\.py$/u.test(name);
}

function isPackage(folder: string, entry: Dirent): boolean {
  const { name } = entry;
  if (entry.isFile() || testFolders.has(name)) return false;
  return statOf(join(folder, name, "__init__.py"))?.isFile() === true;
}

function isOurs({ name }: Dirent): boolean {
  return !name.startsWith(".") && !name.endsWith(".egg-info") && name !== "__pycache__";
}

async function filesOf(from: string, options: Options): Promise<readonly SourceFile[]> {
  if (/[*?[\]{}]/u.test(from) && statOf(resolve(options.folder, from)) === undefined) {
    return globbed(from, options);
  }
  const place = resolve(options.folder, from);
  const stat = statOf(place);
  if (stat === undefined) throw nothingThere(from, options.folder);
  const name = basename(place);
  // what a user names is meant, whatever it is called
  if (stat.isFile()) return [fileAt(place, name, stat)];
  const contents = from.endsWith("/") || place === resolve(options.folder);
  return walk(place, contents ? "" : `${name}/`, options);
}

async function globbed(pattern: string, options: Options): Promise<readonly SourceFile[]> {
  const parts = pattern.split("/");
  const fixed = parts.findIndex((part) => /[*?[\]{}]/u.test(part));
  const base = resolve(options.folder, ...parts.slice(0, fixed));
  if (statOf(base)?.isDirectory() !== true) throw nothingThere(pattern, options.folder);
  const matches = await globOf(parts.slice(fixed).join("/"));
  // `src/*` takes a folder that it matches whole
  return walk(base, "", options).filter(({ path }) => upTo(path).some(matches));
}

/** `a`, `a/b`, `a/b/c.py`. */
function upTo(path: string): readonly string[] {
  const parts = path.split("/");
  return parts.map((_, index) => parts.slice(0, index + 1).join("/"));
}

function walk(folder: string, prefix: string, options: Options): SourceFile[] {
  const found: SourceFile[] = [];
  const visit = (place: string, path: string, above: readonly string[]): void => {
    for (const entry of readdirSync(place, { withFileTypes: true })) {
      const { name } = entry;
      const file = join(place, name);
      const at = `${path}${name}`;
      if (name.includes("\uFFFD")) refuseUnreadableName(file);
      if (entry.isFile()) {
        if (!isFileNeverIn(name) || options.wanted(at)) found.push(fileAt(file, at));
      } else if (entry.isDirectory()) {
        if (!isFolderNeverIn(file, name) || options.wanted(`${at}/`)) visit(file, `${at}/`, above);
      } else if (entry.isSymbolicLink()) {
        if (options.unwanted(at)) continue;
        const stat = statOf(file);
        if (stat === undefined) throw brokenLink(file);
        if (stat.isFile() && (!isFileNeverIn(name) || options.wanted(at)))
          found.push(fileAt(file, at, stat));
        if (stat.isDirectory() && !isFolderNeverIn(file, name)) {
          const real = realpathSync(file);
          const circle = [...above, realpathSync(place)].find(
            (each) => each === real || each.startsWith(real + sep),
          );
          if (circle !== undefined) throw linkInCircle(file, real);
          visit(file, `${at}/`, [...above, real]);
        }
      }
    }
  };
  visit(folder, prefix, []);
  return found;
}

function fileAt(file: string, path: string, stat: Stats = lstatSync(file)): SourceFile {
  return { path, file, mode: (stat.mode & 0o100) === 0 ? 0o644 : 0o755 };
}

function statOf(path: string): Stats | undefined {
  return statSync(path, { throwIfNoEntry: false });
}

function entriesOf(folder: string): readonly Dirent[] | undefined {
  if (statOf(folder)?.isDirectory() !== true) return undefined;
  return readdirSync(folder, { withFileTypes: true }).toSorted((a, b) =>
    a.name < b.name ? -1 : 1,
  );
}

function nothingThere(from: string, folder: string): TouchdownError {
  const hint = `sources are looked for from ${folder}`;
  return new TouchdownError("SOURCE_MISSING", `sources: there is no ${from}`, { hint });
}

function brokenLink(file: string): TouchdownError {
  return new TouchdownError("SOURCE_LINK", `${file} is a link that leads nowhere`, {
    hint: "remove it, or exclude it",
  });
}

/** What Node can't read of a name it replaces, and then there is no such file. */
function refuseUnreadableName(file: string): void {
  if (lstatSync(file, { throwIfNoEntry: false }) !== undefined) return;
  const message = `the name of ${file} is not UTF-8: "\uFFFD" stands for what can't be read of it`;
  throw new TouchdownError("SOURCE_NAME", message, { hint: "rename it" });
}

function linkInCircle(file: string, real: string): TouchdownError {
  const message = `${file} is a link to ${real}, which it is in`;
  return new TouchdownError("SOURCE_LINK", message, { hint: "remove the link, or exclude it" });
}

/** As a Touchdownfile would name it, whatever the system's separator. */
export function relativeName(folder: string, file: string): string {
  const name = relative(folder, file).split(sep).join("/");
  return name === "" ? "." : name;
}
