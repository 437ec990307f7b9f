import type { IncomingMessage } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { gunzipSync } from "node:zlib";
import { TouchdownError } from "../errors.ts";
import type { HttpClient } from "./http-client.ts";
import { connectionFailure, refusal } from "./http-refusal.ts";
import { TransientFailure } from "./transient.ts";

export type GetTextOptions = {
  readonly client: HttpClient;
  /** The media types that are understood. */
  readonly accept: string;
  readonly signal?: AbortSignal;
  /** The pauses before each further attempt; default half a second, 1 and 2. */
  readonly pausesMs?: readonly number[];
  /** How long the server may send nothing; default 30 s. */
  readonly idleMs?: number;
};

export type Answered = {
  /** Where it came from in the end. */
  readonly url: string;
  readonly contentType: string;
  readonly text: string;
};

/** An index's biggest pages have some 20 MB. */
const mostBytes = 128 * 1024 * 1024;

/**
 * A page, whole; `undefined` where the server has none. Failures known to pass are tried again after a pause.
 *
 * @throws FETCH_CERTIFICATE, FETCH_CREDENTIALS, FETCH_FAILED, FETCH_PROXY, FETCH_SIZE, FETCH_TIMEOUT; the abort's own error
 */
export async function getText(
  address: URL,
  options: GetTextOptions,
): Promise<Answered | undefined> {
  const pausesMs = options.pausesMs ?? [500, 1_000, 2_000];
  for (let failures = 0; ; failures++) {
    try {
      return await attempt(address, options);
    } catch (failure) {
      options.signal?.throwIfAborted();
      if (!(failure instanceof TransientFailure)) throw failure;
      const pauseMs = pausesMs[failures];
      if (pauseMs === undefined) throw failure.error;
      const signal = options.signal === undefined ? {} : { signal: options.signal };
      await sleep(Math.max(pauseMs, Math.min(failure.afterMs ?? 0, 60_000)), undefined, signal);
    }
  }
}

async function attempt(
  address: URL,
  { client, accept, signal, idleMs = 30_000 }: GetTextOptions,
): Promise<Answered | undefined> {
  const { response, from } = await client.follow(address, {
    headers: { accept, "accept-encoding": "gzip" },
    ...(signal === undefined ? {} : { signal }),
  });
  const { statusCode, headers } = response;
  if (statusCode === 404 || statusCode === 410) {
    response.destroy();
    return undefined;
  }
  if (statusCode !== 200) {
    response.destroy();
    throw refusal(address, response);
  }
  const bytes = await bodyOf(response, address, idleMs);
  const text = headers["content-encoding"] === "gzip" ? unzipped(bytes, address) : bytes;
  return {
    url: from.href,
    contentType: headers["content-type"] ?? "",
    text: text.toString("utf8"),
  };
}

async function bodyOf(response: IncomingMessage, address: URL, idleMs: number): Promise<Buffer> {
  const silence = setTimeout(() => {
    const message = `${address.host} sent nothing more of ${address.pathname} for ${idleMs / 1000} s`;
    response.destroy(new TransientFailure(new TouchdownError("FETCH_TIMEOUT", message)));
  }, idleMs);
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of response as AsyncIterable<Buffer>) {
      silence.refresh();
      size += chunk.length;
      if (size > mostBytes) throw tooBig(address);
      chunks.push(chunk);
    }
    return Buffer.concat(chunks);
  } catch (error) {
    throw connectionFailure(address, error);
  } finally {
    clearTimeout(silence);
  }
}

function unzipped(bytes: Buffer, address: URL): Buffer {
  try {
    return gunzipSync(bytes, { maxOutputLength: mostBytes });
  } catch (cause) {
    const message = `what ${address.host} sent of ${address.pathname} can not be unzipped`;
    throw new TouchdownError("FETCH_FAILED", message, { cause });
  }
}

function tooBig(address: URL): TouchdownError {
  const message = `${address.pathname} from ${address.host} has more than ${mostBytes} bytes`;
  return new TouchdownError("FETCH_SIZE", message);
}
