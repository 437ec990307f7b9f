import type { IncomingMessage } from "node:http";
import { rm } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { TouchdownError } from "../errors.ts";
import type { HttpClient } from "./http-client.ts";
import { fileNameOf, refusal } from "./http-refusal.ts";
import { PartialFile } from "./partial-file.ts";
import { receive } from "./receive.ts";
import { TransientFailure } from "./transient.ts";

export type DownloadOptions = {
  readonly client: HttpClient;
  /** What the file must have, as 64 hex digits. */
  readonly sha256: string;
  /** What it must have in bytes, where that is known. */
  readonly size?: number;
  readonly signal?: AbortSignal;
  /** Told how many bytes came; negative when it begins again. */
  readonly onBytes?: (count: number) => void;
  /** The pauses before each further attempt after failures in a row; default half a second, 1 and 2. */
  readonly pausesMs?: readonly number[];
  /** How long the server may send nothing; default 30 s. */
  readonly idleMs?: number;
  /** How long it may take in all; default 30 minutes. */
  readonly atMostMs?: number;
};

/**
 * Download a file to `path`, hashed as it comes. A broken connection is taken up where it broke, when the server can
 * tell that the file is still the same; failures known to pass are tried again after a pause. If it fails, nothing is
 * left at `path`.
 *
 * @throws FETCH_CERTIFICATE, FETCH_CREDENTIALS, FETCH_FAILED, FETCH_HASH, FETCH_MISSING, FETCH_PROXY, FETCH_SIZE,
 *         FETCH_TIMEOUT, FILE_WRITE, INTERRUPTED
 */
export async function download(
  address: URL,
  path: string,
  options: DownloadOptions,
): Promise<void> {
  const file = new PartialFile(path);
  const transfer: Transfer = { file, validator: undefined, joined: false };
  try {
    await receiveWhole(address, transfer, options);
    let sha256 = await file.finish();
    if (sha256 !== options.sha256 && transfer.joined) {
      // joined from two answers, which may not have been of the same file after all
      await startOver(transfer, options);
      await receiveWhole(address, transfer, options);
      sha256 = await file.finish();
    }
    if (sha256 !== options.sha256) throw wrongHash(address, sha256, options.sha256);
  } catch (error) {
    await file.close();
    await rm(path, { force: true }).catch(() => {});
    if (!options.signal?.aborted) throw error;
    const message = `stopped before ${fileNameOf(address)} was downloaded`;
    throw new TouchdownError("INTERRUPTED", message, { cause: error });
  }
}

type Transfer = {
  readonly file: PartialFile;
  /** Of what the file has so far: what `If-Range` takes. */
  validator: string | undefined;
  joined: boolean;
};

const defaultPausesMs = [500, 1_000, 2_000];

/** As many bytes between two failures show that it gets on: they are then not in a row. */
const progressBytes = 1024 * 1024;

/** Longer than this no server is waited for. */
const longestPauseMs = 60_000;

async function receiveWhole(
  address: URL,
  transfer: Transfer,
  options: DownloadOptions,
): Promise<void> {
  const pausesMs = options.pausesMs ?? defaultPausesMs;
  const endMs = performance.now() + (options.atMostMs ?? 30 * 60_000);
  for (let failures = 0; ;) {
    const before = transfer.file.size;
    try {
      return await attempt(address, transfer, { ...options, endMs });
    } catch (failure) {
      if (!(failure instanceof TransientFailure)) throw failure;
      const { error, afterMs = 0 } = failure;
      failures = transfer.file.size - before >= progressBytes ? 1 : failures + 1;
      const pauseMs = pausesMs[failures - 1];
      if (pauseMs === undefined || afterMs > longestPauseMs) throw error;
      // not all at the same moment, where many have failed at once
      const spreadMs = pauseMs * (0.75 + Math.random() / 2);
      const signal = options.signal === undefined ? {} : { signal: options.signal };
      await sleep(Math.max(spreadMs, afterMs), undefined, signal);
    }
  }
}

async function attempt(
  address: URL,
  transfer: Transfer,
  options: DownloadOptions & { readonly endMs: number },
): Promise<void> {
  const { file } = transfer;
  if (file.size > 0 && transfer.validator === undefined) await startOver(transfer, options);
  const from = file.size;
  const response = await options.client.get(address, {
    headers: {
      // a file is wanted as it is: compressed once more, it would have another hash
      "accept-encoding": "identity",
      ...(from === 0 || transfer.validator === undefined
        ? {}
        : { range: `bytes=${from}-`, "if-range": transfer.validator }),
    },
    ...(options.signal === undefined ? {} : { signal: options.signal }),
  });
  if (response.statusCode === 200) {
    if (from > 0) await startOver(transfer, options);
  } else if (response.statusCode === 206 && continuesAt(response, from)) transfer.joined = true;
  else {
    response.destroy();
    const partial = response.statusCode === 206 || response.statusCode === 416;
    if (!partial || from === 0) throw refusal(address, response);
    transfer.validator = undefined;
    throw otherPart(address);
  }
  transfer.validator = strongValidator(response);
  const size = options.size ?? Infinity;
  const announced = announcedSize(response, file.size) ?? size;
  if (size !== Infinity && announced !== size) {
    response.destroy();
    throw wrongSize(address, announced, size);
  }
  await receive(response, file, {
    address,
    atMostBytes: announced,
    idleMs: options.idleMs ?? 30_000,
    endMs: options.endMs,
    onBytes: (count) => options.onBytes?.(count),
  });
  if (size !== Infinity && file.size !== size) throw wrongSize(address, file.size, size);
}

async function startOver(transfer: Transfer, options: DownloadOptions): Promise<void> {
  options.onBytes?.(-transfer.file.size);
  transfer.validator = undefined;
  transfer.joined = false;
  await transfer.file.restart();
}

/** RFC 9110 §14.4. */
function continuesAt(response: IncomingMessage, from: number): boolean {
  return new RegExp(`^bytes ${from}-`).test(response.headers["content-range"] ?? "");
}

/** RFC 9110 §13.1.5: a weak validator must not be used to join ranges. */
function strongValidator(response: IncomingMessage): string | undefined {
  const { etag } = response.headers;
  return etag?.startsWith('"') ? etag : undefined;
}

/** The size of the whole file, as the server has it. */
function announcedSize(response: IncomingMessage, received: number): number | undefined {
  const length = response.headers["content-length"];
  return length === undefined ? undefined : received + Number(length);
}

/** Next time the whole is asked for. */
function otherPart(address: URL): TransientFailure {
  const message = `${address.host} answered with another part of ${fileNameOf(address)} than was asked for`;
  return new TransientFailure(new TouchdownError("FETCH_FAILED", message));
}

function wrongSize(address: URL, got: number, expected: number): TouchdownError {
  return new TouchdownError(
    "FETCH_SIZE",
    `${fileNameOf(address)} from ${address.host} has ${got} bytes, expected ${expected}`,
  );
}

function wrongHash(address: URL, got: string, expected: string): TouchdownError {
  return new TouchdownError(
    "FETCH_HASH",
    `${fileNameOf(address)} from ${address.host} has sha256 ${got}, expected ${expected}`,
    { hint: "if the file was replaced on purpose, lock again; otherwise do not trust it" },
  );
}
