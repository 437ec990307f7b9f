import { spawnSync } from "node:child_process";

/** Those of `commands` (each a command line that asks for a version) that do not run here. */
export const missingTools = (commands: readonly (readonly [string, ...string[]])[]): string[] =>
  commands
    .filter(([program, ...args]) => spawnSync(program, args, { stdio: "ignore" }).status !== 0)
    .map((command) => command.join(" "));
