import type { Store } from "../../store/store.ts";
import type { WheelFile } from "./learn-wheel.ts";
import { decodeContents, encodeContents, type WheelContents } from "./wheel-record.ts";

export type { WheelFile } from "./learn-wheel.ts";
export type { WheelContents, WheelEntry } from "./wheel-record.ts";

/** Raise the number whenever other entries, or other facts of them, are learned of the same wheel. */
const bucket = "wheel-contents-v1";

/**
 * What is in a wheel, learned once: from then on the wheel is only opened to copy from it. What is refused leaves
 * nothing behind.
 *
 * @throws what `learnWheel` does
 */
export function wheelContentsOf(store: Store, file: WheelFile): Promise<WheelContents> {
  const known = learned.get(file.sha256);
  if (known !== undefined) return known;
  const contents = recall(store, file);
  learned.set(file.sha256, contents);
  contents.catch(() => learned.delete(file.sha256));
  return contents;
}

/** Three hundred packages of one run share their wheels. */
const learned = new Map<string, Promise<WheelContents>>();

async function recall(store: Store, file: WheelFile): Promise<WheelContents> {
  const known = decodeContents(store.readRecord(bucket, file.sha256), file.sha256);
  if (known !== undefined) return known;
  // only what is new has to be read: the rest starts without what reads
  const { learnWheel } = await import("./learn-wheel.ts");
  const contents = await learnWheel(file);
  store.writeRecord(bucket, file.sha256, encodeContents(contents));
  return contents;
}
