/** What was found in a zip, kept in the store: true of these bytes for ever. */
import type { Notes } from "../core/artifact.ts";
import type { Store } from "../store/store.ts";
import { noteBucket } from "./package-buckets.ts";
import { sha256Hex } from "../host/sha256.ts";

export function zipNotes(store: Store, sha256: string): Notes {
  const keyOf = (fact: string): string => sha256Hex(`${sha256}\n${fact}`);
  return {
    has: (fact) => store.readRecord(noteBucket, keyOf(fact)) === true,
    add: (fact) => store.writeRecord(noteBucket, keyOf(fact), true),
  };
}

export const noNotes: Notes = { has: () => false, add: () => undefined };
