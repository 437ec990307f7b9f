/** What was found in a zip, kept in the store: true of these bytes for ever. */
import { createHash } from "node:crypto";
import type { Notes } from "../core/artifact.ts";
import type { Store } from "../store/store.ts";
import { noteBucket } from "./package-buckets.ts";

export function zipNotes(store: Store, sha256: string): Notes {
  const keyOf = (fact: string): string =>
    createHash("sha256").update(`${sha256}\n${fact}`).digest("hex");
  return {
    has: (fact) => store.readRecord(noteBucket, keyOf(fact)) === true,
    add: (fact) => store.writeRecord(noteBucket, keyOf(fact), true),
  };
}

export const noNotes: Notes = { has: () => false, add: () => undefined };
