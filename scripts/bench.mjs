// @ts-check
/** Run the benchmarks, all or those whose names are given: `npm run bench -- start-up`. */
import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";

process.chdir(fileURLToPath(new URL("..", import.meta.url)));

const wanted = process.argv.slice(2);
const files = readdirSync("bench")
  .filter((name) => name.endsWith(".bench.ts"))
  .filter((name) => wanted.length === 0 || wanted.includes(name.replace(".bench.ts", "")))
  .sort();

if (files.length === 0) {
  console.error(`no benchmark is called ${wanted.join(" ")}`);
  process.exitCode = 2;
} else if (!node(["scripts/build.mjs", "--if-stale"])) {
  process.exitCode = 1;
} else {
  for (const file of files) {
    console.log(`\n${file}`);
    if (!node(["node_modules/jiti/lib/jiti-cli.mjs", `bench/${file}`])) process.exitCode = 1;
  }
}

/** @param {readonly string[]} words */
function node(words) {
  return spawnSync(process.execPath, words, { stdio: "inherit" }).status === 0;
}
