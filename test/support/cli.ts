/** The built command, as a user runs it: in a folder, with an environment of its own. */
import { spawn } from "node:child_process";
import { cp, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

export const command = fileURLToPath(new URL("../../dist/touchdown.cjs", import.meta.url));

export interface Ran {
  readonly exitCode: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

type Kill = (signal: NodeJS.Signals) => void;

export interface RunOptions {
  readonly cwd: string;
  /** Added to the cleaned environment; `undefined` removes. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly input?: string;
  readonly onStart?: (kill: Kill) => void;
  /** Called with each piece of what it says on stderr. */
  readonly onStderr?: (text: string, kill: Kill) => void;
}

/** The caller's environment without anything that says how to reach AWS, nor colours. */
export function cleanEnvironment(): Record<string, string> {
  const kept = Object.entries(process.env).filter(
    ([name]) => !/^(AWS_|NO_COLOR|FORCE_COLOR|CI$)/u.test(name),
  );
  return {
    ...(Object.fromEntries(kept) as Record<string, string>),
    AWS_CONFIG_FILE: "/dev/null",
    AWS_SHARED_CREDENTIALS_FILE: "/dev/null",
    AWS_EC2_METADATA_DISABLED: "true",
  };
}

/** Run `touchdown` with `words` and wait for its end. */
export function touchdown(words: readonly string[], options: RunOptions): Promise<Ran> {
  const env = { ...cleanEnvironment(), ...options.env };
  const child = spawn(process.execPath, [command, ...words], {
    cwd: options.cwd,
    env,
    stdio: [options.input === undefined ? "ignore" : "pipe", "pipe", "pipe"],
  });
  const kill: Kill = (signal) => void child.kill(signal);
  const out = { stdout: "", stderr: "" };
  child.stdout?.setEncoding("utf8").on("data", (text: string) => (out.stdout += text));
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    out.stderr += text;
    options.onStderr?.(text, kill);
  });
  child.stdin?.end(options.input);
  options.onStart?.(kill);
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (exitCode) => resolve({ exitCode: exitCode ?? undefined, ...out }));
  });
}

/** Use a temporary folder with the given files, or a copy of an example, and remove it after. */
export async function inFolder<T>(
  files: Readonly<Record<string, string | Uint8Array>> | URL,
  use: (folder: string) => Promise<T>,
): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), "touchdown e2e "));
  try {
    if (files instanceof URL) await cp(fileURLToPath(files), folder, { recursive: true });
    else
      for (const [name, text] of Object.entries(files)) {
        await mkdir(dirname(join(folder, name)), { recursive: true });
        await writeFile(join(folder, name), text);
      }
    return await use(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The events of a `--json` run. */
export function eventsOf({ stdout }: Ran): Record<string, unknown>[] {
  return stdout
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}
