import { toStderr, toStdout } from "../output.ts";
import { bytesText } from "../bytes-text.ts";
import { dayMs } from "../../host/last-use.ts";
import { durationMs } from "../duration.ts";
import { exitCodes, UsageError } from "../exit.ts";
import type { Call } from "../option.ts";
import type { Values } from "../values.ts";

const actions: Readonly<Record<string, (values: Values) => Promise<number>>> = {
  size,
  prune,
  verify,
};

export async function cache({ operands, values }: Call): Promise<number> {
  const [name = ""] = operands;
  const action = Object.hasOwn(actions, name) ? actions[name] : undefined;
  if (action === undefined) {
    throw new UsageError(`cache takes ${Object.keys(actions).join(", ")}, got "${name}"`);
  }
  return action(values);
}

async function size(values: Values): Promise<number> {
  const { cacheSize } = await import("../../operations/cache.ts");
  const { folder, buckets } = await cacheSize();
  const bytes = buckets.reduce((sum, bucket) => sum + bucket.bytes, 0);
  if (values.flag("json")) return print(JSON.stringify({ folder, bytes, buckets }));
  const rows = buckets.map(
    (bucket) =>
      `  ${bytesText(bucket.bytes).padStart(10)}  ${bucket.bucket}  ${files(bucket.files)}`,
  );
  return print([`${folder}  ${bytesText(bytes)}`, ...rows].join("\n"));
}

async function prune(values: Values): Promise<number> {
  const { pruneCache } = await import("../../operations/cache.ts");
  const unusedForMs = values.flag("all")
    ? 0
    : durationMs(values.text("older-than") ?? "30d", "--older-than");
  const pruned = await pruneCache({ unusedForMs });
  if (values.flag("json")) return print(JSON.stringify(pruned));
  if (!values.flag("all") && unusedForMs < dayMs)
    toStderr("what was used within the last day stays: it may be in use\n");
  const { removedFiles, removedBytes, keptBytes } = pruned;
  return print(
    `removed ${files(removedFiles)}, ${bytesText(removedBytes)}; kept ${bytesText(keptBytes)}`,
  );
}

async function verify(values: Values): Promise<number> {
  const { verifyCache } = await import("../../operations/cache.ts");
  const { checkedFiles, damaged } = await verifyCache();
  if (values.flag("json")) print(JSON.stringify({ checkedFiles, damaged }));
  else {
    for (const { path, reason, removed } of damaged) {
      print(`${path}: ${reason}${removed ? "; removed" : "; it could not be removed"}`);
    }
    toStderr(`${files(checkedFiles)} checked, ${damaged.length} damaged\n`);
  }
  return damaged.length === 0 ? exitCodes.done : exitCodes.couldNot;
}

function files(count: number): string {
  return count === 1 ? "1 file" : `${count} files`;
}

function print(text: string): number {
  toStdout(`${text}\n`);
  return exitCodes.done;
}
