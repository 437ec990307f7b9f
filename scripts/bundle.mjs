// @ts-check
/** How everything touchdown ships is bundled: the build and the benchmarks share it. */

import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { build } from "esbuild";
import { helpers, lazyModules } from "./lazy-modules.mjs";

const { version } = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8"));

/**
 * CommonJS, which Node loads at once and V8 can keep compiled; in ASCII, which it reads fastest.
 * jiti looks for its `babel.cjs` beside itself when it compiles, so it stays outside.
 *
 * @type {import("esbuild").BuildOptions & { metafile: true }}
 */
export const bundle = {
  bundle: true,
  format: "cjs",
  platform: "node",
  target: "node20.19",
  mainFields: ["module", "main"],
  minify: true,
  legalComments: "none",
  charset: "ascii",
  external: ["jiti"],
  define: { TOUCHDOWN_VERSION: JSON.stringify(version) },
  metafile: true,
  logLevel: "warning",
};

/**
 * The same as one ES module, whose first lines may wait: for benchmarks of parts.
 *
 * @type {import("esbuild").BuildOptions}
 */
export const esModule = {
  ...bundle,
  format: "esm",
  define: {},
  // CommonJS packages inside an ES module still call `require` for Node's own modules.
  banner: {
    js: 'import{createRequire}from"node:module";const require=createRequire(import.meta.url);',
  },
  outExtension: { ".js": ".mjs" },
};

/**
 * Four files of CommonJS, and an ES module for programs: the command (touchdown.cjs), its help (help.cjs), all that
 * verbs and programs need (core.cjs), AWS's clients (clients.cjs).
 *
 * @param {string} folder
 * @returns {Promise<string[]>} what is in them, as paths from here
 */
export async function bundleInto(folder) {
  const kept = {
    ...bundle,
    // What runs from kept code can't import, but all it needs is in it or Node's own.
    supported: { "dynamic-import": false },
    banner: { js: `${start}${helpers}` },
    footer: { js: "})" },
  };
  /** @type {Set<string>} */
  const clients = new Set();
  const core = await build({
    ...kept,
    plugins: [lazyModules(clients)],
    stdin: {
      contents: `exports.index = () => require("./src/index.ts");
        exports.run = () => require("./src/cli/run.ts");
        exports.used = () => __used;`,
      resolveDir: ".",
    },
    outfile: join(folder, "core.cjs"),
  });
  const each = [...clients].map((name) => `exports["${name}"] = () => require("${name}");`);
  const aws = await build({
    ...kept,
    stdin: { contents: each.join("\n"), resolveDir: "." },
    outfile: join(folder, "clients.cjs"),
  });
  const command = await build({
    ...bundle,
    define: { ...bundle.define, TOUCHDOWN_CODE: JSON.stringify(await hashOf(folder)) },
    banner: { js: `${helpers}const __import=(url)=>import(url);` },
    plugins: [apart, lazyModules(new Set())],
    stdin: { contents: 'require("./src/cli/main.ts");', resolveDir: "." },
    outfile: join(folder, "touchdown.cjs"),
  });
  const help = await build({
    ...bundle,
    banner: { js: helpers },
    plugins: [lazyModules(new Set())],
    stdin: { contents: 'module.exports = require("./src/cli/answer.ts");', resolveDir: "." },
    outfile: join(folder, "help.cjs"),
  });
  const names = Object.keys(createRequire(import.meta.url)(join(folder, "core.cjs")).index());
  const library = `export const { ${names.join(", ")} } = core.index();`;
  await writeFile(join(folder, "index.js"), `import core from "./core.cjs";\n${library}\n`);
  return [core, aws, command, help].flatMap(({ metafile }) => Object.keys(metafile.inputs));
}

/**
 * A file that Node requires calls its function itself; as a script it gives the function, so that
 * no text has to be put around it.
 */
const start =
  '(typeof module==="object"?(f)=>f(exports,require,module,__filename,(url)=>import(url)):(f)=>f)' +
  "(function(exports,require,module,__filename,__import){";

/** @param {string} folder */
async function hashOf(folder) {
  const hash = createHash("sha256");
  for (const name of ["core.cjs", "clients.cjs"]) hash.update(await readFile(join(folder, name)));
  return hash.digest("hex");
}

/**
 * What runs a verb is in core.cjs, what answers who asks for help in help.cjs: loaded where they are needed.
 *
 * @type {import("esbuild").Plugin}
 */
const apart = {
  name: "apart",
  setup(build) {
    build.onResolve({ filter: /^\.\/(?:answer|run)\.ts$/ }, ({ path }) => ({
      path,
      namespace: "apart",
    }));
    build.onResolve({ filter: /^\.\/help\.cjs$/ }, ({ path }) => ({ path, external: true }));
    build.onLoad({ filter: /answer/, namespace: "apart" }, () => ({
      contents: 'module.exports = require("./help.cjs");',
    }));
    build.onLoad({ filter: /run/, namespace: "apart" }, () => ({
      contents: `const { loadCompiled } = require("./src/cli/load-compiled.ts");
        module.exports = loadCompiled("core.cjs").run();`,
      resolveDir: ".",
    }));
  },
};
