import { join } from "node:path";
import * as z from "zod/mini";
import { readIfExists, removeIfExists, writeAtomic } from "../host/files.ts";
import { bootId, processEntry } from "../host/process-table.ts";

const schema = z.object({
  pid: z.int().check(z.gte(2)),
  /** With the machine's start, tells the process from a later one that got the same id. */
  startTime: z.number(),
  bootId: z.string(),
  port: z.int(),
  python: z.string(),
  version: z.string(),
});

/** An embedded AWS that was started, and was healthy then. */
export type Instance = z.infer<typeof schema>;

const fileName = "running.json";

/** The recorded one, whether or not it still runs; `undefined` if there is none or its record cannot be read. */
export async function readInstance(folder: string): Promise<Instance | undefined> {
  const bytes = await readIfExists(join(folder, fileName));
  if (bytes === undefined) return undefined;
  try {
    return schema.parse(JSON.parse(bytes.toString("utf8")));
  } catch {
    return undefined;
  }
}

export async function recordInstance(folder: string, instance: Instance): Promise<void> {
  await writeAtomic(join(folder, fileName), JSON.stringify(instance), { mode: 0o600 });
}

export async function forgetInstance(folder: string): Promise<void> {
  await removeIfExists(join(folder, fileName));
}

export function isAlive(instance: Instance): boolean {
  if (instance.bootId !== bootId()) return false;
  const entry = processEntry(instance.pid);
  return entry !== undefined && !entry.zombie && entry.startTime === instance.startTime;
}
