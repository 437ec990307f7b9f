import type { Store } from "../../store/store.ts";
import type { LockedFile } from "../lock/locked.ts";
import type { Keyring } from "../uv/keyring.ts";

export type FetchOptions = {
  readonly store: Store;
  /** Where the configuration of indexes, their names and passwords, begins to be looked for: the project's folder. */
  readonly folder: string;
  /** Default: this process's. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
  /** Default: a new one. */
  readonly keyring?: Keyring;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: FetchProgress) => void;
  /** Told in a line when another process is waited for. */
  readonly onWait?: (line: string) => void;
};

export type FetchProgress = {
  /** Of the files that were missing. */
  readonly receivedBytes: number;
  /** As far as the sizes are known. */
  readonly totalBytes: number;
  readonly receivedFiles: number;
  readonly totalFiles: number;
};

/** Named by the sha256 of what is in them, so that `verify` can hash them again: wheels, and everything else. */
export const fetchedBuckets = { wheels: "wheels-v1", others: "files-v1" } as const;

/** Where in the store a locked file is, or will be. */
export function fetchedBucket(file: Pick<LockedFile, "name">): string {
  return file.name.endsWith(".whl") ? fetchedBuckets.wheels : fetchedBuckets.others;
}
