// @ts-check
/** How everything touchdown ships is bundled: the build and the benchmarks share it. */

import { readFileSync } from "node:fs";

const { version } = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8"));

/**
 * jiti looks for its `babel.cjs` beside itself when its cache is cold, so it stays outside.
 * CommonJS packages inside an ES module still call `require` for Node's own modules.
 *
 * @type {import("esbuild").BuildOptions & { metafile: true }}
 */
export const bundle = {
  bundle: true,
  splitting: true,
  format: "esm",
  platform: "node",
  target: "node20.19",
  mainFields: ["module", "main"],
  minify: true,
  legalComments: "none",
  charset: "utf8",
  chunkNames: "chunks/[name]-[hash]",
  external: ["jiti"],
  define: { TOUCHDOWN_VERSION: JSON.stringify(version) },
  banner: {
    js: 'import{createRequire as __createRequire}from"node:module";const require=__createRequire(import.meta.url);',
  },
  metafile: true,
  logLevel: "warning",
};
