import { spawnSync } from "node:child_process";
import { performance } from "node:perf_hooks";

/** A command to time, and what it is called in the table. */
export interface Contender {
  readonly name: string;
  /** Arguments of Node. */
  readonly words: readonly string[];
  /** touchdown's cache folder; default: the user's. */
  readonly cache?: string;
  /** Called before each run, and not timed. */
  readonly before?: () => void;
}

/**
 * Time commands in turns, so that a busy moment falls on all of them, and keep the fastest of each.
 *
 * @returns milliseconds, in the order of `contenders`
 */
export function fastest(
  contenders: readonly Contender[],
  { rounds }: { rounds: number },
): number[] {
  const best = contenders.map(() => Number.POSITIVE_INFINITY);
  for (let round = 0; round < rounds; round += 1) {
    for (const [index, { name, words, cache, before }] of contenders.entries()) {
      before?.();
      const env =
        cache === undefined ? process.env : { ...process.env, TOUCHDOWN_CACHE_DIR: cache };
      const start = performance.now();
      const { status, stderr } = spawnSync(process.execPath, words, { env });
      const tookMs = performance.now() - start;
      if (status !== 0) throw new Error(`${name} failed: ${stderr.toString()}`);
      best[index] = Math.min(best[index] ?? tookMs, tookMs);
    }
  }
  return best;
}

/** Print each time and its ratio to the first, which is the reference. */
export function printRatios(contenders: readonly Contender[], timesMs: readonly number[]): void {
  const reference = timesMs[0] ?? Number.NaN;
  const width = Math.max(...contenders.map(({ name }) => name.length));
  for (const [index, { name }] of contenders.entries()) {
    const time = timesMs[index] ?? Number.NaN;
    const columns = [name.padEnd(width), `${time.toFixed(0)} ms`.padStart(8)];
    console.log(`  ${columns.join("  ")}  ${(time / reference).toFixed(2)} ×`);
  }
}
