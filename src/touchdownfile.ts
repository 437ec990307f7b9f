/** Find and load the user's Touchdownfile. */
import { stat } from "node:fs/promises";
import { dirname, join, resolve, sep } from "node:path";
import type { Jiti, JitiOptions, TransformOptions, TransformResult } from "jiti";
import { TouchdownError } from "./errors.ts";
import { cacheFolder } from "./host/dirs.ts";

/** In the order they are looked for in a folder. */
const names = ["Touchdownfile.ts", "Touchdownfile.mts", "Touchdownfile.js", "Touchdownfile.mjs"];

/**
 * The absolute path of the Touchdownfile in the folder `from` or the nearest folder above it, or of
 * `file`, relative to `from`, where the user named one.
 *
 * @throws TOUCHDOWNFILE_MISSING
 */
export async function findTouchdownfile(from: string, file?: string): Promise<string> {
  if (file !== undefined) {
    const path = resolve(from, file);
    if (await isFile(path)) return path;
    throw new TouchdownError("TOUCHDOWNFILE_MISSING", `there is no file ${path}`, {
      hint: "name a Touchdownfile that exists with --file",
    });
  }
  const folders = upwards(resolve(from));
  for (const folder of folders) {
    for (const name of names) {
      if (await isFile(join(folder, name))) return join(folder, name);
    }
  }
  throw new TouchdownError(
    "TOUCHDOWNFILE_MISSING",
    `no Touchdownfile.ts in ${folders.join(", ")}`,
    {
      hint: `write one (${names.join(", ")}), go to the folder that has one, or name it with --file`,
    },
  );
}

/**
 * The default export of the Touchdownfile at the absolute path `file`. `import … from
 * "touchdown-aws"`, in it and in the files it imports, gives `library`: the instance that runs, so
 * that there is never a second copy of its classes, and no `node_modules` is needed.
 *
 * What is returned throws as this does.
 *
 * @throws TOUCHDOWNFILE_SYNTAX TOUCHDOWNFILE_IMPORT TOUCHDOWNFILE_THREW TOUCHDOWNFILE_EXPORT
 */
export async function loadTouchdownfile<Workspace>(
  file: string,
  { library }: { readonly library: object },
): Promise<(workspace: Workspace) => Promise<void>> {
  const jiti = await loader(file, library);
  const module = await located(file, () => jiti.import(file));
  const exported = defaultExport(file, module);
  return async (workspace) => {
    await located(file, () => settled(file, () => exported(workspace)));
  };
}

async function loader(file: string, library: object): Promise<Jiti> {
  const { createJiti } = await import("jiti");
  const { transform } = createJiti(file).options;
  const options: JitiOptions = {
    // Two loads in one process must not share modules, nor leave them in Node's own cache.
    moduleCache: false,
    interopDefault: false,
    fsCache: await compiledFolder(),
    virtualModules: { "touchdown-aws": library },
  };
  if (transform !== undefined) options.transform = (source) => compiled(transform(source), source);
  return createJiti(file, options);
}

/** A cache that can't be made costs time, not the run. */
async function compiledFolder(): Promise<string | false> {
  try {
    return join(await cacheFolder(), "touchdownfiles-v1");
  } catch (error) {
    if (error instanceof TouchdownError && error.code === "FOLDER_WRITE") return false;
    throw error;
  }
}

/** jiti would turn the error into text, and keep it in its cache as if it were code. */
function compiled(result: TransformResult, { filename, source }: TransformOptions) {
  if (result.error === undefined) return result;
  const { message, loc } = result.error as Error & { loc?: { line: number; column: number } };
  // Babel: "/path: What is wrong. (2:12)", then the source around it; columns count from 0.
  const reason = firstLine(message)
    .replace(/^.*?: /, "")
    .replace(/\.?\s*\(\d+:\d+\)$/, "");
  const at = loc === undefined ? "" : `:${loc.line}:${loc.column + 1}`;
  const line = loc === undefined ? undefined : source.split("\n")[loc.line - 1]?.trim();
  throw new TouchdownError("TOUCHDOWNFILE_SYNTAX", `${filename ?? ""}${at}: ${reason}`, {
    ...(line === undefined || line === "" ? {} : { hint: `mend this line: ${line}` }),
    cause: result.error,
  });
}

/** Runs the user's code; what it throws says where in the user's files it was thrown. */
async function located<Result>(file: string, run: () => Result): Promise<Awaited<Result>> {
  try {
    return await run();
  } catch (error) {
    if (error instanceof TouchdownError) throw error;
    const where = placeIn(dirname(file), error) ?? file;
    const said = firstLine(error instanceof Error ? error.message : String(error));
    // the compiler's way to call what was imported: (0 , _touchdownAws.nope)
    const reason = said.replaceAll(/\(0 ?, ?\w+\.(\w+)\)/g, "$1");
    if (isMissingModule(error)) {
      const hint = "mend the path, or install the package beside your Touchdownfile";
      throw new TouchdownError("TOUCHDOWNFILE_IMPORT", `${where}: ${reason}`, {
        hint,
        cause: error,
      });
    }
    throw new TouchdownError("TOUCHDOWNFILE_THREW", `${where}: ${reason}`, { cause: error });
  }
}

/** A promise that nothing will ever settle would end the process without a word. */
async function settled<Result>(file: string, run: () => Result): Promise<Awaited<Result>> {
  let drained = (): void => undefined;
  const never = new Promise<never>((_resolve, reject) => {
    drained = () => {
      const message = `${file} never ends: it waits for a promise that nothing settles`;
      reject(new TouchdownError("TOUCHDOWNFILE_THREW", message));
    };
  });
  process.once("beforeExit", drained);
  try {
    return await Promise.race([run(), never]);
  } finally {
    process.off("beforeExit", drained);
  }
}

function isMissingModule(error: unknown): boolean {
  if (!(error instanceof Error) || !("code" in error)) return false;
  return error.code === "MODULE_NOT_FOUND" || error.code === "ERR_MODULE_NOT_FOUND";
}

/** `file:line` of the innermost frame below `folder`. Lines survive the compiler, columns do not. */
function placeIn(folder: string, error: unknown): string | undefined {
  const stack = error instanceof Error ? (error.stack ?? "") : "";
  const below = folder.endsWith(sep) ? folder : folder + sep;
  for (const frame of stack.split("\n").filter((line) => /^\s+at /.test(line))) {
    const start = frame.indexOf(below);
    const place = start < 0 ? undefined : /^.*?:\d+(?=:\d+\)?$)/.exec(frame.slice(start))?.[0];
    if (place !== undefined && !place.includes(`${sep}node_modules${sep}`)) return place;
  }
  return undefined;
}

function defaultExport(file: string, module: unknown): (workspace: unknown) => unknown {
  // `module.exports = …` in a CommonJS file is the module itself.
  const exported = isObject(module) ? module["default"] : module;
  if (typeof exported === "function") return exported as (workspace: unknown) => unknown;
  const what = exported === undefined ? "nothing" : `a value of type ${typeof exported}`;
  throw new TouchdownError("TOUCHDOWNFILE_EXPORT", `${file} exports ${what} by default`, {
    hint: "write: export default (workspace: Workspace) => { … }",
  });
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}

function firstLine(text: string): string {
  return text.split("\n", 1)[0] ?? "";
}

function upwards(folder: string): string[] {
  const parent = dirname(folder);
  return parent === folder ? [folder] : [folder, ...upwards(parent)];
}

async function isFile(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isFile();
  } catch (error) {
    const absent = ["ENOENT", "ENOTDIR"];
    if (error instanceof Error && "code" in error && absent.includes(String(error.code)))
      return false;
    throw error;
  }
}
