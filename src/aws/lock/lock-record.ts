/** What a team's lock says of its holder, as it is written down: JSON. */
import * as z from "zod/mini";

/** Who takes a lock, and for what. */
export interface Holder {
  /** `ann@laptop`. */
  readonly owner: string;
  readonly pid: number;
  /** `touchdown apply api`. */
  readonly command: string;
}

const record = z.object({
  /** No other run has it. */
  id: z.string(),
  owner: z.string(),
  pid: z.number(),
  command: z.string(),
  /** When it was taken; these three as `2026-11-25T10:02:11.000Z`. */
  since: z.iso.datetime(),
  /** Unless it is renewed. */
  expires: z.iso.datetime(),
  /** It is free since then. */
  released: z.optional(z.iso.datetime()),
  /** Who made it free, if that was not its holder. */
  releasedBy: z.optional(z.string()),
});

export type LockRecord = z.output<typeof record>;

export function lockText(lock: LockRecord): string {
  return `${JSON.stringify(lock, undefined, 2)}\n`;
}

/** @returns undefined where the text is none of ours */
export function parseLock(text: string): LockRecord | undefined {
  try {
    return record.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

/** `ann@laptop since 2026-11-25T10:02:11Z (touchdown apply, pid 4242)`. */
export function holderText({ owner, since, command, pid }: LockRecord): string {
  return `${owner} since ${timeText(since)} (${command}, pid ${pid})`;
}

/** Whole seconds, in UTC. */
export function timeText(time: string): string {
  return time.replace(/\.\d+Z$/u, "Z");
}
