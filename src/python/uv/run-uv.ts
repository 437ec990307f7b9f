import { run, type RunResult } from "../../host/run.ts";
import { withoutCredentials } from "./credentials.ts";
import { uvEnvironment } from "./uv-environment.ts";
import type { Uv } from "./uv.ts";

export type RunUvOptions = {
  /** Where uv's configuration begins to be looked for. */
  readonly cwd: string;
  readonly input?: string;
  /** Set last, whatever the user's are. */
  readonly env?: Readonly<Record<string, string>>;
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
};

/**
 * Run uv, configured as the user's uv or pip is.
 *
 * @returns its output without credentials
 * @throws COMMAND_TIMEOUT, INTERRUPTED
 */
export async function runUv(
  uv: Uv,
  args: readonly string[],
  options: RunUvOptions,
): Promise<RunResult> {
  const { cwd, input, env, timeoutMs = 1_800_000, signal } = options;
  const result = await run(withUmask([uv.program, ...args]), {
    cwd,
    env: { ...uvEnvironment(cwd), ...env },
    cleanEnv: true,
    timeoutMs,
    ...(input === undefined ? {} : { input }),
    ...(signal === undefined ? {} : { signal }),
  });
  return {
    ...result,
    stdout: withoutCredentials(result.stdout),
    stderr: withoutCredentials(result.stderr),
  };
}

/** Files that uv and what it runs make have the same modes for every user. Windows knows none. */
function withUmask(command: readonly string[]): readonly string[] {
  if (process.platform === "win32") return command;
  return ["/bin/sh", "-c", 'umask 022 && exec "$@"', "sh", ...command];
}

/** How uv resolves for every platform, and for a Python and all after it: 11 of Python 3.11. */
export function universalCompile(minor: number, output: string): readonly string[] {
  const compile = ["pip", "compile", "--quiet", "--color", "never", "--universal", "--no-header"];
  return [...compile, "--python-version", `3.${minor}`, "--output-file", output];
}

/** The end of what a program said, as a hint. */
export function lastLines({ stdout, stderr }: RunResult, count: number): string {
  const lines = `${stdout}\n${stderr}`.split("\n").filter((line) => line.trim() !== "");
  return lines
    .slice(-count)
    .map((line) => `  ${line.trimEnd()}`)
    .join("\n");
}
