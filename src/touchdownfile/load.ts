/** Load the user's Touchdownfile. */
import { dirname, sep } from "node:path";
import { TouchdownError } from "../errors.ts";
import { compile } from "./compile.ts";
import { CompiledFiles } from "./compiled.ts";
import { ModuleLoader } from "./module-loader.ts";

interface LoadOptions {
  /** What `import … from "touchdown-aws"` gives, in the Touchdownfile and in the files it imports. */
  readonly library: object;
  /** touchdown's version, which what is kept in the cache is for. */
  readonly version: string;
}

/**
 * The default export of the Touchdownfile at the absolute path `file`. `library` is the instance
 * that runs, so that there is never a second copy of its classes, and no `node_modules` is needed.
 *
 * What is returned throws as this does.
 *
 * @throws TOUCHDOWNFILE_SYNTAX TOUCHDOWNFILE_IMPORT TOUCHDOWNFILE_THREW TOUCHDOWNFILE_EXPORT
 */
export async function loadTouchdownfile<Workspace>(
  file: string,
  { library, version }: LoadOptions,
): Promise<(workspace: Workspace) => Promise<void>> {
  const compiled = new CompiledFiles(file, { version, compile });
  const modules = new ModuleLoader({ library, compile: (source) => compiled.codeOf(source) });
  // What is imported while declaring is kept as well.
  const keeping = async <Result>(run: () => Promise<Result>): Promise<Result> => {
    try {
      return await located(file, run);
    } finally {
      await compiled.save();
    }
  };
  const exported = defaultExport(file, await keeping(() => modules.import(file)));
  return (workspace) => keeping(async () => void (await settled(file, () => exported(workspace))));
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
