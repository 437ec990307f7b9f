// @ts-check
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** @type {readonly (readonly [string, readonly string[], string])[]} */
const needed = [
  ["python3", ["-c", "import sys; sys.exit(sys.version_info < (3, 9))"], "Python 3.9 or later"],
  ["python3", ["-m", "pip", "--version"], "pip for that Python"],
  ["make", ["--version"], "make"],
  ["zip", ["-v"], "zip"],
  ["unzip", ["-v"], "unzip"],
];

/** What the demo needs and this machine does not have, in words. */
export function missing() {
  const tools = needed
    .filter(([program, args]) => spawnSync(program, args, { stdio: "ignore" }).status !== 0)
    .map(([program, args, name]) => `${name} (tried: ${[program, ...args].join(" ")})`);
  const built = existsSync(fileURLToPath(new URL("../../dist/touchdown.cjs", import.meta.url)));
  return built ? tools : [...tools, "a built touchdown (npm install or npm run build makes one)"];
}
