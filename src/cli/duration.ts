import { UsageError } from "./exit.ts";

const unitMs = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** `10m` → 600,000. @param option  for the error: `--since` @throws USAGE */
export function durationMs(text: string, option: string): number {
  const [, count, unit] = /^(\d+)([smhd])$/u.exec(text) ?? [];
  if (count === undefined)
    throw new UsageError(`${option} takes 30s, 10m, 2h or 1d, got "${text}"`);
  return Number(count) * unitMs[unit as keyof typeof unitMs];
}
