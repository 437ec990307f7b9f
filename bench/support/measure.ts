/** Time and memory of whole processes, one after the other. */
import { spawn, spawnSync } from "node:child_process";
import { performance } from "node:perf_hooks";

export interface Command {
  readonly name: string;
  readonly words: readonly string[];
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Before each run, not timed. */
  readonly before?: () => void;
}

/**
 * Run commands in turns, so that a busy moment falls on all of them.
 *
 * @returns the median of each in milliseconds, in the order of `commands`
 */
export function medians(commands: readonly Command[], { rounds }: { rounds: number }): number[] {
  const times = Array.from({ length: rounds }, () => round(commands));
  return commands.map((_, at) => median(times.map((each) => each[at] ?? Number.NaN)));
}

/** Milliseconds of each. */
function round(commands: readonly Command[]): number[] {
  return commands.map((command) => {
    command.before?.();
    return timed(command);
  });
}

export interface Compared {
  readonly oursMs: number;
  readonly theirsMs: number;
  /** The median of ours by theirs. */
  readonly ratio: number;
}

/** Each measurement is compared with the one right after it: a machine that others use slows for seconds. */
export function compared(
  rounds: readonly { readonly oursMs: number; readonly theirsMs: number }[],
): Compared {
  return {
    oursMs: median(rounds.map(({ oursMs }) => oursMs)),
    theirsMs: median(rounds.map(({ theirsMs }) => theirsMs)),
    ratio: median(rounds.map(({ oursMs, theirsMs }) => oursMs / theirsMs)),
  };
}

/** Run two commands in turns, and compare them. */
export function inTurns(ours: Command, theirs: Command, count: number): Compared {
  return compared(
    Array.from({ length: count }, () => {
      const [oursMs = Number.NaN, theirsMs = Number.NaN] = round([ours, theirs]);
      return { oursMs, theirsMs };
    }),
  );
}

export function timed({ name, words, cwd, env }: Command): number {
  const [program = "", ...args] = words;
  const start = performance.now();
  const { status, stderr, error } = spawnSync(program, args, {
    ...(cwd === undefined ? {} : { cwd }),
    env: { ...process.env, ...env },
    maxBuffer: 256 * 1024 * 1024,
  });
  const tookMs = performance.now() - start;
  if (status !== 0) throw new Error(`${name} failed: ${error?.message ?? stderr.toString()}`);
  return tookMs;
}

/** Run a command without blocking this process, which may serve it; milliseconds. */
export function running({ name, words, cwd, env }: Command): Promise<number> {
  const [program = "", ...args] = words;
  const start = performance.now();
  const child = spawn(program, args, {
    ...(cwd === undefined ? {} : { cwd }),
    env: { ...process.env, ...env },
    stdio: ["ignore", "ignore", "pipe"],
  });
  let said = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => (said += text));
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => {
      if (code === 0) resolve(performance.now() - start);
      else reject(new Error(`${name} failed: ${said}`));
    });
  });
}

/** The most memory that a command held at once, in MB, as the system accounts it. */
export function peakMegabytes({ words, cwd, env }: Command): number {
  const script =
    "import resource, subprocess, sys; code = subprocess.call(sys.argv[1:], stdout=subprocess.DEVNULL); print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss); sys.exit(code)";
  const { status, stdout, stderr } = spawnSync("python3", ["-c", script, ...words], {
    ...(cwd === undefined ? {} : { cwd }),
    env: { ...process.env, ...env },
    encoding: "utf8",
  });
  if (status !== 0) throw new Error(stderr);
  return Number(stdout.trim()) / (process.platform === "darwin" ? 1024 * 1024 : 1024);
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

export interface Row {
  readonly what: string;
  readonly value: string;
  readonly against: string;
  /** What was aimed for; absent where it is only reported. */
  readonly goal?: string;
  readonly met?: boolean;
}

/** A table for people, and for `bench/README.md`. */
export function printRows(rows: readonly Row[]): void {
  const width = Math.max(...rows.map(({ what }) => what.length));
  for (const { what, value, against, goal, met } of rows) {
    const end = goal === undefined ? "" : `  goal ${goal}: ${met === true ? "met" : "MISSED"}`;
    console.log(`  ${what.padEnd(width)}  ${value.padStart(10)}  ${against}${end}`);
  }
}
