/** Runs the Touchdownfile and what it imports, each file once, in the manner of jiti. */
import { readFileSync } from "node:fs";
import { createRequire, isBuiltin, Module } from "node:module";
import { dirname, extname, isAbsolute, sep } from "node:path";
import { pathToFileURL } from "node:url";
import { runInThisContext, Script } from "node:vm";
import { extensions, jitiFor } from "./compile.ts";
import type { Source } from "./compile.ts";
import { resolveImport, resolveRelative } from "./resolve.ts";

interface LoaderOptions {
  /** What `touchdown-aws` is. */
  readonly library: object;
  readonly compile: (source: Source) => string;
}

/** How one file asks for another. */
interface Asking {
  readonly from: string;
  readonly async: boolean;
}

/** The parameters that compiled code counts on. */
const parameters = "exports, require, module, __filename, __dirname, jitiImport, jitiESMResolve";

type Body = (...values: unknown[]) => unknown;

export class ModuleLoader {
  readonly #options: LoaderOptions;
  readonly #loaded = new Map<string, Module>();

  constructor(options: LoaderOptions) {
    this.#options = options;
  }

  /** What the file at the absolute path exports. */
  async import(path: string): Promise<unknown> {
    return this.#load(path, { from: path, async: true });
  }

  /** What `specifier` exports: at once where it was required, else at once or later. */
  #get(specifier: string, asking: Asking): unknown {
    if (specifier === "touchdown-aws") return this.#options.library;
    if (isBuiltin(specifier) || specifier.startsWith("data:")) return native(specifier, asking);
    return this.#load(resolveImport(specifier, asking), asking);
  }

  #load(path: string, asking: Asking): unknown {
    const extension = extname(path);
    if (extension === ".json") return json(path);
    const known = extension === "" || extensions.some((each) => each === extension);
    if (!known || isCompiler(path)) return native(path, asking);
    const loaded = this.#loaded.get(path);
    if (loaded !== undefined) return loaded.exports;
    const source = { path, text: readFileSync(path, "utf8"), async: asking.async };
    if (!runsAsItIs(source)) return this.#run(source);
    // What Node can't load may still be mended by compiling: an import without its extension.
    try {
      const exports = native(path, asking);
      return exports instanceof Promise ? exports.catch(() => this.#run(source)) : exports;
    } catch {
      return this.#run(source);
    }
  }

  #run(source: Source): unknown {
    const { path, async } = source;
    const module = new Module(path);
    module.filename = path;
    module.path = dirname(path);
    const require = this.#requireFor(path);
    module.require = require;
    this.#loaded.set(path, module);
    const done = bodyOf(this.#options.compile(source), source)(
      module.exports,
      require,
      module,
      path,
      module.path,
      async (specifier: string) => this.#get(specifier, { from: path, async: true }),
      (specifier: string, parent?: string) => resolvedUrl(specifier, path, parent),
    );
    const exported = (): unknown => {
      module.loaded = true;
      return module.exports;
    };
    return async ? Promise.resolve(done).then(exported) : exported();
  }

  #requireFor(from: string): NodeJS.Require {
    const { extensions, main, resolve } = createRequire(from);
    const require = (specifier: string): unknown => this.#get(specifier, { from, async: false });
    const resolveFrom = (specifier: string, options?: NodeJS.RequireResolveOptions): string =>
      (options === undefined ? resolveRelative(specifier, from) : undefined) ??
      jitiFor(from).resolve(specifier, options as { paths?: string[] });
    const paths = (request: string): string[] | null => resolve.paths(request);
    return Object.assign(require, {
      cache: {},
      extensions,
      main,
      resolve: Object.assign(resolveFrom, { paths }),
    });
  }
}

/** Whether Node can be given the file itself. Files of the user's own always run on `library`. */
function runsAsItIs({ path, text, async }: Source): boolean {
  const extension = extname(path);
  if (/^\.[cm]?tsx?$/u.test(extension)) return false;
  if (extension === ".cjs") return true;
  const isModule = extension === ".mjs" || typeOfPackage(path) === "module";
  if (isModule) return async && path.includes(`${sep}node_modules${sep}`);
  return isCommonJs(text);
}

/** ES module syntax is none inside a function. */
function isCommonJs(text: string): boolean {
  try {
    const body = text.replace(/^#!/u, "//");
    return new Script(`(function (${parameters}) {${body}\n})`) instanceof Script;
  } catch {
    return false;
  }
}

/** `type` in the nearest package.json above. */
function typeOfPackage(path: string): unknown {
  const folder = dirname(path);
  if (folder === path) return undefined;
  try {
    const text = readFileSync(`${folder}${sep}package.json`, "utf8");
    const described = JSON.parse(text) as { readonly type?: unknown } | null;
    return described?.type;
  } catch (error) {
    return error instanceof SyntaxError ? undefined : typeOfPackage(folder);
  }
}

function isCompiler(path: string): boolean {
  return /[\\/]node_modules[\\/](?:typescript|jiti)[\\/]/u.test(path);
}

function native(specifier: string, { from, async }: Asking): unknown {
  if (!async) return createRequire(from)(specifier);
  return import(isAbsolute(specifier) ? pathToFileURL(specifier).href : specifier);
}

function json(path: string): unknown {
  const require = createRequire(path);
  // Read anew at every load.
  delete require.cache[path];
  const value: unknown = require(path);
  if (typeof value === "object" && value !== null && !("default" in value)) {
    Object.defineProperty(value, "default", { value, enumerable: false });
  }
  return value;
}

/** The function that compiled code is the body of; errors in it stand at the lines of its source. */
function bodyOf(code: string, { path, async }: Source): Body {
  const wrapped = `(${async ? "async " : ""}function (${parameters}) { ${code}\n})`;
  try {
    return runInThisContext(wrapped, { filename: path, displayErrors: false }) as Body;
  } catch (error) {
    if (!async || !(error instanceof SyntaxError)) throw error;
    // `import.meta.main`, which the compiler leaves, is allowed in a module only.
    const url = `data:text/javascript,${encodeURIComponent(`export default ${wrapped}`)}`;
    return async (...values) => {
      const { default: body } = (await import(url)) as { readonly default: Body };
      return body(...values);
    };
  }
}

function resolvedUrl(specifier: string, from: string, parent: string | undefined): string {
  const near = parent === undefined ? resolveRelative(specifier, from) : undefined;
  return near === undefined
    ? jitiFor(from).esmResolve(specifier, parent)
    : pathToFileURL(near).href;
}
