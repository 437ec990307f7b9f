// @ts-check
/**
 * An esbuild plugin that makes every module of src run when it is first used, not when what imports
 * it is loaded: a run that needs no compiler, no zip and no AWS resource but a queue pays for none
 * of them. ES modules run all that they import, so they become CommonJS, and each import a call.
 */
import { readdirSync, readFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import ts from "typescript";

/** What the modules count on: TypeScript's two names, and ours, which counts them; once in the bundle. */
export const helpers = [
  "const __importStar = (module) => module;",
  "const __importDefault = (module) => (module?.__esModule ? module : { default: module });",
  "let __used = 0;",
  // A class: objects that each have a getter of their own take V8 twice as long to make, and a run makes a thousand.
  "class __Import {",
  "  constructor(load) { this.load = load; }",
  "  get $() {",
  "    __used += 1;",
  '    return Object.defineProperty(this, "$", { value: this.load() }).$;',
  "  }",
  "}",
  "const __whenUsed = (load) => new __Import(load);",
].join("\n");

/** One import on a line of its own, under a name that TypeScript made, or the user for `* as z`. */
const imported = /^const (\w+) = (.*require\("([^"]+)"\)\)?);$/gm;

/**
 * @param {Set<string>} clients  the AWS clients that src imports are added to it
 * @returns {import("esbuild").Plugin}
 */
export function lazyModules(clients) {
  const modules = new Map(sources().map((path) => [path, commonJs(path)]));
  const used = namesOfPackages([...modules.values()]);
  return {
    name: "lazy-modules",
    setup(build) {
      // In a namespace, as the package's `type` would make ES modules of files.
      build.onResolve({ filter: /^\.{1,2}\/.*\.ts$/ }, ({ path, importer, resolveDir }) => ({
        path: resolve(importer === "<stdin>" ? resolveDir : dirname(importer), path),
        namespace: "lazy",
      }));
      build.onLoad({ filter: /./, namespace: "lazy" }, ({ path }) => ({
        contents: whenUsed(modules.get(path) ?? ""),
        resolveDir: dirname(path),
      }));
      // AWS's clients are a file of their own: most runs need none, and they are most of the bytes. With them is what
      // reads functions in JavaScript, an eighth of the rest.
      build.onResolve({ filter: /^(?:@aws-sdk\/|acorn$)/ }, ({ path }) => ({
        path,
        namespace: "client",
      }));
      build.onLoad({ filter: /./, namespace: "client" }, ({ path }) => {
        clients.add(path);
        return { contents: `module.exports = require("./clients.cjs")["${path}"]();` };
      });
      build.onResolve({ filter: /^\.\/clients\.cjs$/ }, ({ path }) => ({ path, external: true }));
      // A package is seen through the names that src uses, so that the rest of it is left out.
      build.onResolve({ filter: /^[@a-z]/, namespace: "lazy" }, ({ path, kind }) =>
        kind === "require-call" && used.has(path) ? { path, namespace: "package" } : undefined,
      );
      build.onLoad({ filter: /./, namespace: "package" }, ({ path }) => ({
        contents: `export { ${[...(used.get(path) ?? [])].join(", ")} } from "${path}";`,
        resolveDir: resolve("."),
      }));
    },
  };
}

function sources() {
  return readdirSync("src", { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(".ts") && !path.endsWith(".test.ts"))
    .map((path) => resolve("src", path));
}

/** @param {string} path */
function commonJs(path) {
  // TypeScript would make `require` of every import, also of the user's files.
  const text = readFileSync(path, "utf8").replaceAll(/\bimport\((?!")/g, "__import(");
  const { outputText } = ts.transpileModule(text, {
    fileName: path,
    compilerOptions: {
      target: ts.ScriptTarget.ES2023,
      module: ts.ModuleKind.CommonJS,
      esModuleInterop: true,
      noEmitHelpers: true,
      removeComments: true,
    },
  });
  return outputText
    .replaceAll("import.meta.url", 'require("node:url").pathToFileURL(__filename).href')
    .replaceAll("import.meta.dirname", "__dirname");
}

/**
 * `const a_1 = require("./a.ts")` and `a_1.b` → the module behind a getter that runs it, once, and
 * `a_1.$.b`. What is imported as `* as z` is run with the module: its name is the user's, and may
 * be that of something else as well.
 *
 * @param {string} text
 */
function whenUsed(text) {
  const late =
    /Promise\.resolve\(\)\.then\(\(\) => \w+\(require\("((?!@aws-sdk\/|node:)[@a-z][^"]*)"\)/.exec(
      text,
    );
  if (late?.[1] !== undefined)
    throw new Error(
      `import("${late[1]}") of a package has no default in the bundle: import it in a file of its own`,
    );
  const names = [...text.matchAll(imported)].map(([, name = ""]) => name).filter(isMade);
  const lazy = text.replaceAll(imported, (line, name, value) =>
    isMade(name) ? `const ${name} = __whenUsed(() => ${value});` : line,
  );
  const uses = new RegExp(`\\b(?:${names.join("|")})(?=\\s*\\.)`, "g");
  const made = names.length === 0 ? lazy : lazy.replaceAll(uses, (name) => `${name}.$`);
  const other = names.find((name) =>
    new RegExp(`\\b${name}\\b(?!\\.\\$| = __whenUsed)`).test(made),
  );
  if (other !== undefined) throw new Error(`${other} is used in a way that can't be made lazy`);
  return made;
}

/** @param {string} name  such as `compile_ts_1` */
function isMade(name) {
  return /_\d+$/.test(name);
}

/**
 * @param {readonly string[]} texts
 * @returns {Map<string, Set<string>>}
 */
function namesOfPackages(texts) {
  const used = new Map();
  for (const text of texts) {
    for (const [, name = "", , from = ""] of text.matchAll(imported)) {
      if (/^(?:\.|node:)/.test(from)) continue;
      const names = used.get(from) ?? new Set();
      used.set(from, names);
      const uses = text.matchAll(new RegExp(`\\b${name}\\s*\\.(\\w+)`, "g"));
      for (const [, use] of uses) names.add(use);
    }
  }
  return used;
}
