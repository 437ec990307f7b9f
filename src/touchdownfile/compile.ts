/** jiti, loaded when it is needed: TypeScript and ES modules → code that runs in a function. */
import { createRequire } from "node:module";
import type { Jiti, JitiOptions, TransformResult } from "jiti";
import { TouchdownError } from "../errors.ts";

/** In the order they are tried where an import leaves the extension out. */
export const extensions = [
  ".js",
  ".mjs",
  ".cjs",
  ".ts",
  ".tsx",
  ".mts",
  ".cts",
  ".mtsx",
  ".ctsx",
] as const;

/** One file, and for which of the two ways to load it: `import` (may wait) or `require`. */
export interface Source {
  /** Absolute path. */
  readonly path: string;
  readonly text: string;
  readonly async: boolean;
}

/**
 * The body of a function whose parameters are those of `ModuleLoader`'s wrapper.
 *
 * @throws TOUCHDOWNFILE_SYNTAX
 */
export function compile({ path, text, async }: Source): string {
  const { transform } = jitiFor(path).options;
  const result = transform?.({
    filename: path,
    source: text,
    ts: /\.[cm]?tsx?$/u.test(path),
    async,
    jsx: false,
    interopDefault: false,
    babel: {},
  });
  if (result === undefined) throw new Error("jiti has no compiler");
  if (result.error !== undefined) throw syntaxError(result, { path, text });
  return result.code.startsWith("#!") ? `// ${result.code}` : result.code;
}

/**
 * jiti, as the file at `path` would ask it to resolve. Its settings are fixed here: JITI_… in the
 * environment would otherwise change what a Touchdownfile means.
 */
export function jitiFor(path: string): Jiti {
  const { createJiti } = createRequire(import.meta.url)("jiti") as typeof import("jiti");
  return createJiti(path, settings);
}

const settings: JitiOptions = {
  fsCache: false,
  moduleCache: false,
  interopDefault: false,
  extensions: [...extensions],
  debug: false,
  sourceMaps: false,
  jsx: false,
  tryNative: false,
  tsconfigPaths: false,
  alias: {},
  nativeModules: [],
  transformModules: [],
};

function syntaxError(
  { error }: TransformResult,
  { path, text }: Pick<Source, "path" | "text">,
): TouchdownError {
  const { message, loc } = error as Error & { loc?: { line: number; column: number } };
  // Babel: "/path: What is wrong. (2:12)", then the source around it; columns count from 0.
  const reason = (message.split("\n", 1)[0] ?? "")
    .replace(/^.*?: /u, "")
    .replace(/\.?\s*\(\d+:\d+\)$/u, "");
  const at = loc === undefined ? "" : `:${loc.line}:${loc.column + 1}`;
  const line = loc === undefined ? undefined : text.split("\n")[loc.line - 1]?.trim();
  return new TouchdownError("TOUCHDOWNFILE_SYNTAX", `${path}${at}: ${reason}`, {
    ...(line === undefined || line === "" ? {} : { hint: `mend this line: ${line}` }),
    cause: error,
  });
}
