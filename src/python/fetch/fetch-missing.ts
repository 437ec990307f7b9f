import { setMaxListeners } from "node:events";
import { constants } from "node:fs";
import { copyFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { TouchdownError } from "../../errors.ts";
import { download } from "../../host/download.ts";
import { sha256File, statIfExists } from "../../host/files.ts";
import type { HttpClient } from "../../host/http-client.ts";
import { systemReason } from "../../host/system-error.ts";
import { fetchedBucket, type FetchOptions } from "./fetch-options.ts";
import { openIndexClient } from "../uv/index-client.ts";
import type { LockedFile } from "../lock/locked.ts";

const parallel = 16;

/** As `fetchFiles`, of files that are not in the store, each given once. */
export async function fetchMissing(
  files: readonly LockedFile[],
  options: FetchOptions,
): Promise<ReadonlyMap<string, string>> {
  const failed = new AbortController();
  const signal = AbortSignal.any([failed.signal, ...(options.signal ? [options.signal] : [])]);
  // as many as are under way listen to it, which Node would take for a leak
  setMaxListeners(0, signal);
  const { client, waitMs } = openIndexClient(options);
  const progress = progressOf(files, options);
  const paths = new Map<string, string>();
  // the biggest first, or they are waited for alone in the end
  const queue = files.toSorted((a, b) => (b.size ?? 0) - (a.size ?? 0)).values();
  const worker = async (): Promise<void> => {
    for (const file of queue) {
      const context = { ...options, signal, client, waitMs, onBytes: progress.bytes };
      paths.set(file.sha256, await fetchOne(file, context));
      progress.file();
    }
  };
  const stopOthers = (error: unknown): void => {
    // the others' failures, once stopped, are only consequences: the first reason stays
    failed.abort(error);
  };
  try {
    const count = Math.min(parallel, files.length);
    await Promise.all(Array.from({ length: count }, () => worker().catch(stopOthers)));
  } finally {
    client.close();
  }
  failed.signal.throwIfAborted();
  return paths;
}

type Context = FetchOptions & {
  readonly client: HttpClient;
  readonly waitMs: number;
  readonly signal: AbortSignal;
  readonly onBytes: (count: number) => void;
};

function fetchOne(file: LockedFile, context: Context): Promise<string> {
  const { store, signal, onWait } = context;
  const lock = {
    what: `${file.name} to be fetched`,
    atMostMs: 10 * 60_000,
    signal,
    onWait: (pid: number) => onWait?.(`waiting for process ${pid}, which fetches ${file.name}`),
  };
  return store.once(fetchedBucket(file), file.sha256, lock, (path) => bring(file, path, context));
}

async function bring(file: LockedFile, to: string, context: Context): Promise<void> {
  const { path } = file;
  if (path !== undefined) return copyVerified(file, { from: path, to }, context);
  if (file.url === undefined || !URL.canParse(file.url)) {
    throw new TouchdownError("FETCH_MISSING", `the lock has no address for ${file.name}`);
  }
  const address = new URL(file.url);
  if (address.protocol === "file:")
    return copyVerified(file, { from: fileURLToPath(address), to }, context);
  const { client, signal, onBytes, waitMs } = context;
  const { sha256, size } = file;
  const known = size === undefined ? {} : { size };
  return download(address, to, { client, sha256, ...known, signal, onBytes, idleMs: waitMs });
}

/** The copy is hashed, not the original, which may change meanwhile. */
async function copyVerified(
  file: LockedFile,
  { from, to }: { readonly from: string; readonly to: string },
  { onBytes }: Context,
): Promise<void> {
  const found = await statIfExists(from);
  if (found === undefined) {
    throw new TouchdownError("FETCH_MISSING", `${file.name} is not at ${from}`);
  }
  await copyFile(from, to, constants.COPYFILE_FICLONE).catch((cause: unknown) => {
    const message = `cannot copy ${from} into the store: ${systemReason(cause)}`;
    throw new TouchdownError("FILE_WRITE", message, { cause });
  });
  const got = await sha256File(to);
  if (got === file.sha256) return onBytes(found.size);
  throw new TouchdownError(
    "FETCH_HASH",
    `${from} has sha256 ${got ?? "none"}, expected ${file.sha256}`,
    { hint: "if the file was replaced on purpose, lock again; otherwise do not trust it" },
  );
}

function progressOf(files: readonly LockedFile[], { onProgress }: FetchOptions) {
  let [receivedBytes, receivedFiles] = [0, 0];
  const totalBytes = files.reduce((sum, file) => sum + (file.size ?? 0), 0);
  const tell = (): void =>
    onProgress?.({ receivedBytes, totalBytes, receivedFiles, totalFiles: files.length });
  return {
    bytes: (count: number): void => {
      receivedBytes += count;
      tell();
    },
    file: (): void => {
      receivedFiles += 1;
      tell();
    },
  };
}
