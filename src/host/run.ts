import { spawn, type ChildProcess, type SpawnOptions } from "node:child_process";
import { constants } from "node:os";
import { StringDecoder } from "node:string_decoder";
import { TouchdownError } from "../errors.ts";
import { outputTail } from "./output-tail.ts";
import { requireFolder, spawnFailure } from "./spawn-failure.ts";
import { stopGroup } from "./stop-group.ts";

export type RunOptions = {
  /** The folder to run in; default: this process's. */
  readonly cwd?: string;
  /** Variables added to this process's own, or, with `cleanEnv`, all there are. */
  readonly env?: Readonly<Record<string, string>>;
  readonly cleanEnv?: boolean;
  /** What the command reads from its stdin; without it stdin is empty. */
  readonly input?: string | Uint8Array;
  /** After this the whole process group is stopped and `COMMAND_TIMEOUT` thrown. */
  readonly timeoutMs?: number;
  /** When aborted, the whole process group is stopped and `INTERRUPTED` thrown. */
  readonly signal?: AbortSignal;
  readonly onOutput?: (chunk: OutputChunk) => void;
  /** Called with the process id, which is also that of the process group, before anything is awaited. */
  readonly onStart?: (pid: number) => void;
  /** Run as another user; only root can. */
  readonly uid?: number;
  readonly gid?: number;
  /** How much of each stream is kept, in UTF-16 units; default 1 Mi. The end is kept, the beginning dropped. */
  readonly keepLength?: number;
  /** How long a stopped group has between SIGTERM and SIGKILL; default 5,000. */
  readonly graceMs?: number;
};

export type OutputChunk = { readonly stream: "stdout" | "stderr"; readonly text: string };

export type RunResult = {
  /** As a shell has it: 128 + the signal's number where a signal ended it. */
  readonly exitCode: number;
  /** For example `SIGTERM`, where a signal ended it. */
  readonly signal?: string;
  readonly stdout: string;
  readonly stderr: string;
};

/**
 * Run a program, never through a shell, in a process group of its own, and wait for its end. A failing exit code
 * is a result, not an error. Processes it left behind that hold its output open are waited for one second.
 *
 * @param command  the program, looked up on the PATH it will itself see, and its arguments
 * @throws COMMAND_FOLDER, COMMAND_NOT_FOUND, COMMAND_NOT_STARTED, COMMAND_TIMEOUT, INTERRUPTED
 */
export async function run(
  command: readonly string[],
  options: RunOptions = {},
): Promise<RunResult> {
  const [program, ...args] = command;
  if (program === undefined || program === "")
    throw new TouchdownError("COMMAND_NOT_FOUND", "the command is empty");
  if (options.cwd !== undefined) await requireFolder(options.cwd, program);
  if (options.signal?.aborted) throw stopped(program, options.signal);

  const env = options.cleanEnv ? { ...options.env } : { ...process.env, ...options.env };
  const failure = (cause: unknown): Promise<never> =>
    spawnFailure(program, { cause, cwd: options.cwd ?? process.cwd(), path: env["PATH"] }).then(
      (error) => {
        throw error;
      },
    );
  let child: ChildProcess;
  try {
    child = spawn(program, args, spawnSettings(env, options));
  } catch (cause) {
    // Node throws at once for a NUL byte in an argument, and for arguments longer than the system allows
    return failure(cause);
  }
  // no await from here to `ended`, or events would be missed
  if (child.pid !== undefined) options.onStart?.(child.pid);
  feed(child, options.input);
  const streams = {
    stdout: collect(child, "stdout", options),
    stderr: collect(child, "stderr", options),
  };
  const guard = guardRun(child, program, options);
  try {
    const { exitCode, signal } = await ended(child).catch(failure);
    await guard.finish();
    const output = { exitCode, stdout: streams.stdout(), stderr: streams.stderr() };
    return signal === undefined ? output : { ...output, signal };
  } finally {
    guard.disarm();
  }
}
function spawnSettings(env: NodeJS.ProcessEnv, options: RunOptions): SpawnOptions {
  return {
    env,
    detached: process.platform !== "win32",
    stdio: [options.input === undefined ? "ignore" : "pipe", "pipe", "pipe"],
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    ...(options.uid === undefined ? {} : { uid: options.uid }),
    ...(options.gid === undefined ? {} : { gid: options.gid }),
  };
}

function feed(child: ChildProcess, input: string | Uint8Array | undefined): void {
  // a program may well end without reading all its input: EPIPE is its business, not ours
  child.stdin?.on("error", () => {});
  if (input !== undefined) child.stdin?.end(input);
}

function collect(
  child: ChildProcess,
  stream: "stdout" | "stderr",
  options: RunOptions,
): () => string {
  const tail = outputTail(options.keepLength ?? 1024 * 1024);
  // a character's bytes may be split over two chunks
  const decoder = new StringDecoder("utf8");
  const take = (text: string): void => {
    if (text === "") return;
    tail.push(text);
    options.onOutput?.({ stream, text });
  };
  child[stream]?.on("data", (bytes: Buffer) => take(decoder.write(bytes)));
  child[stream]?.on("error", () => {});
  return () => {
    take(decoder.end());
    return tail.text();
  };
}

function ended(child: ChildProcess): Promise<{ exitCode: number; signal: string | undefined }> {
  return new Promise((resolve, reject) => {
    child.on("error", (error) => child.pid === undefined && reject(error));
    child.on("exit", (code, signal) => {
      const exitCode = code ?? 128 + (signal === null ? 0 : constants.signals[signal]);
      const finish = (): void => {
        clearTimeout(timer);
        child.stdout?.destroy();
        child.stderr?.destroy();
        resolve({ exitCode, signal: signal ?? undefined });
      };
      const timer = setTimeout(finish, 1_000);
      child.on("close", finish);
    });
  });
}

/** Stops the group at the timeout or when aborted; `finish` then throws why, once the group is gone. */
function guardRun(child: ChildProcess, program: string, options: RunOptions) {
  let reason: TouchdownError | undefined;
  let stopping: Promise<void> | undefined;
  const stop = (why: TouchdownError): void => {
    if (reason !== undefined || child.pid === undefined) return;
    reason = why;
    stopping = stopGroup(child.pid, { graceMs: options.graceMs ?? 5_000 });
  };
  const onAbort = (): void => stop(stopped(program, options.signal));
  options.signal?.addEventListener("abort", onAbort, { once: true });
  const { timeoutMs } = options;
  const timer =
    timeoutMs === undefined
      ? undefined
      : setTimeout(() => stop(timedOut(program, timeoutMs)), timeoutMs);
  const disarm = (): void => {
    clearTimeout(timer);
    options.signal?.removeEventListener("abort", onAbort);
  };
  const finish = async (): Promise<void> => {
    disarm();
    await stopping;
    if (reason !== undefined) throw reason;
  };
  return { finish, disarm };
}

function stopped(program: string, signal: AbortSignal | undefined): TouchdownError {
  return new TouchdownError("INTERRUPTED", `${program} was stopped before its end`, {
    cause: signal?.reason,
  });
}

function timedOut(program: string, timeoutMs: number): TouchdownError {
  return new TouchdownError(
    "COMMAND_TIMEOUT",
    `${program} did not end within ${timeoutMs / 1000} s and was stopped`,
  );
}
