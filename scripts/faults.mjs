// @ts-check
/**
 * Play seeded schedules of faults against the engine: `npm run faults -- --seed 1 --count 1000`. One of them again,
 * with every fault shown: `npm run faults -- --seed 17 --count 1 --verbose`.
 */
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

process.chdir(fileURLToPath(new URL("..", import.meta.url)));

const words = [
  "node_modules/jiti/lib/jiti-cli.mjs",
  "test/faults/main.ts",
  ...process.argv.slice(2),
];
process.exitCode = spawnSync(process.execPath, words, { stdio: "inherit" }).status ?? 1;
