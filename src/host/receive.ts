import type { IncomingMessage } from "node:http";
import { finished } from "node:stream/promises";
import { TouchdownError } from "../errors.ts";
import { connectionFailure, fileNameOf } from "./http-refusal.ts";
import type { PartialFile } from "./partial-file.ts";
import { TransientFailure } from "./transient.ts";

export type ReceiveOptions = {
  readonly address: URL;
  /** The most that the file may have in the end. */
  readonly atMostBytes: number;
  /** How long the server may send nothing. */
  readonly idleMs: number;
  /** When it must all be there, by `performance.now()`. */
  readonly endMs: number;
  readonly onBytes: (count: number) => void;
};

/**
 * Add an answer's body to a file. When the connection breaks, the file has what had come by then.
 *
 * @throws FETCH_SIZE, FETCH_TIMEOUT, FILE_WRITE; `TransientFailure`
 */
export async function receive(
  response: IncomingMessage,
  file: PartialFile,
  options: ReceiveOptions,
): Promise<void> {
  const { address, atMostBytes, idleMs, endMs } = options;
  const silence = setTimeout(() => {
    // it is we who do not read, while the disk is behind
    if (response.isPaused()) silence.refresh();
    else response.destroy(silent(address, idleMs));
  }, idleMs);
  try {
    response.on("data", (bytes: Buffer) => {
      silence.refresh();
      if (file.size + bytes.length > atMostBytes) {
        return response.destroy(tooBig(address, atMostBytes));
      }
      if (performance.now() > endMs) return response.destroy(tooSlow(address));
      options.onBytes(bytes.length);
      if (file.add(bytes)) return;
      response.pause();
      file.drained().then(
        () => response.resume(),
        (error: Error) => response.destroy(error),
      );
    });
    await finished(response);
  } catch (error) {
    throw connectionFailure(address, error);
  } finally {
    clearTimeout(silence);
  }
}

function silent(address: URL, idleMs: number): TransientFailure {
  const message = `${address.host} sent nothing more of ${fileNameOf(address)} for ${idleMs / 1000} s`;
  return new TransientFailure(new TouchdownError("FETCH_TIMEOUT", message));
}

function tooSlow(address: URL): TouchdownError {
  return new TouchdownError(
    "FETCH_TIMEOUT",
    `${address.host} sends ${fileNameOf(address)} too slowly: it did not end in time`,
  );
}

function tooBig(address: URL, atMostBytes: number): TouchdownError {
  return new TouchdownError(
    "FETCH_SIZE",
    `${fileNameOf(address)} from ${address.host} has more than the expected ${atMostBytes} bytes`,
  );
}
