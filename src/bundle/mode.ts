/** Permission bits as people write them. */
import * as z from "zod/mini";

const octal = 'must be octal, as 0o644 or "0644"';

/** `0o644` or `"0644"`; of a file, never its kind. */
export const modeSchema = z
  .union(
    [
      z.int().check(z.gte(0), z.lte(0o7777)),
      z.string().check(z.regex(/^0?[0-7]{3,4}$/, { error: octal })),
    ],
    {
      error: octal,
    },
  )
  .check(
    z.refine((mode) => !looksDecimal(mode), {
      error: (issue) =>
        `must be octal: write 0o${String(issue.input)} or "0${String(issue.input)}"`,
    }),
  );

/** 644 is 0o1204, which nobody means. */
function looksDecimal(mode: number | string): boolean {
  return typeof mode === "number" && mode > 0o777 && /^[0-7]{3}$/.test(String(mode));
}

export function modeBits(mode: number | string): number {
  return typeof mode === "number" ? mode : Number.parseInt(mode, 8);
}

export function showMode(mode: unknown): string {
  return Number(mode).toString(8).padStart(4, "0");
}
