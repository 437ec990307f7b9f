import { createInflateRaw, inflateRaw, inflateRawSync } from "node:zlib";
import { TouchdownError } from "../errors.ts";
import { crc32 } from "./crc32.ts";
import { methods, type CompressedEntry } from "./format.ts";

/**
 * Inflate an entry's bytes and check them against what the zip says of them.
 *
 * @throws ZIP_CRC, ZIP_DATA, ZIP_SIZE
 */
export function unpackSync(compressed: Uint8Array, entry: CompressedEntry): Uint8Array {
  if (entry.method === methods.stored) return checked(compressed, entry);
  try {
    return inflated(inflateRawSync(compressed, limits(entry)), compressed.length, entry);
  } catch (cause) {
    throw inflateError(cause, entry);
  }
}

/**
 * As `unpackSync`, in another thread: worth it from some 100 kB on.
 *
 * @throws ZIP_CRC, ZIP_DATA, ZIP_SIZE
 */
export function unpack(compressed: Uint8Array, entry: CompressedEntry): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    if (entry.method === methods.stored) return resolve(checked(compressed, entry));
    inflateRaw(compressed, limits(entry), (cause, result: unknown) => {
      try {
        if (cause !== null) throw inflateError(cause, entry);
        resolve(inflated(result, compressed.length, entry));
      } catch (error) {
        reject(error as TouchdownError);
      }
    });
  });
}

/**
 * As `unpackSync`, piece by piece, for entries too big to be held in memory. Until the last piece has come, nothing
 * is known to be true.
 *
 * @throws ZIP_CRC, ZIP_DATA, ZIP_SIZE
 */
export async function* unpackPieces(
  compressed: AsyncIterable<Uint8Array>,
  entry: CompressedEntry,
): AsyncGenerator<Uint8Array> {
  let seen = 0;
  let crc = 0;
  for await (const piece of entry.method === methods.stored
    ? compressed
    : inflatedPieces(compressed, entry)) {
    seen += piece.length;
    if (seen > entry.size) throw wrongSize(entry, "more");
    crc = crc32(piece, crc);
    yield piece;
  }
  if (seen !== entry.size) throw wrongSize(entry, String(seen));
  if (crc !== entry.crc32) throw wrongChecksum(entry);
}

async function* inflatedPieces(
  compressed: AsyncIterable<Uint8Array>,
  entry: CompressedEntry,
): AsyncGenerator<Uint8Array> {
  const inflate = createInflateRaw();
  const feeding = feed(compressed, inflate);
  // whatever it says is thrown below, when the pieces end
  feeding.catch((error: unknown) => inflate.destroy(error as Error));
  try {
    for await (const piece of inflate) yield piece as Uint8Array;
    await feeding;
  } catch (cause) {
    throw inflateError(cause, entry);
  }
  if (inflate.bytesWritten !== entry.compressedSize) throw trailing(entry);
}

async function feed(
  compressed: AsyncIterable<Uint8Array>,
  inflate: ReturnType<typeof createInflateRaw>,
): Promise<void> {
  for await (const piece of compressed) {
    if (inflate.destroyed) return;
    if (inflate.write(piece)) continue;
    await new Promise<void>((resolve) => {
      const go = (): void => {
        inflate.off("drain", go).off("close", go).off("end", go);
        resolve();
      };
      inflate.on("drain", go).on("close", go).on("end", go);
    });
  }
  inflate.end();
}

/** One byte more than it should be is enough to know; 0 would mean no limit. */
function limits(entry: CompressedEntry) {
  // in one piece, or Node would join many of 16 kB; a size that lies must not take all memory
  const chunkSize = Math.min(Math.max(64, entry.size + 1), 32 * 1024 * 1024);
  return { maxOutputLength: entry.size + 1, chunkSize, info: true };
}

function inflated(result: unknown, length: number, entry: CompressedEntry): Uint8Array {
  const { buffer, engine } = result as { buffer: Buffer; engine: { bytesWritten: number } };
  if (engine.bytesWritten !== length) throw trailing(entry);
  return checked(buffer, entry);
}

function checked(bytes: Uint8Array, entry: CompressedEntry): Uint8Array {
  if (bytes.length !== entry.size) throw wrongSize(entry, String(bytes.length));
  if (crc32(bytes) !== entry.crc32) throw wrongChecksum(entry);
  return bytes;
}

function inflateError(cause: unknown, entry: CompressedEntry): Error {
  if (cause instanceof TouchdownError) return cause;
  if (cause instanceof RangeError) return wrongSize(entry, "more");
  const message = `zip entry ${JSON.stringify(entry.path)} cannot be inflated: its compressed bytes are damaged`;
  return new TouchdownError("ZIP_DATA", message, { cause });
}

function trailing(entry: CompressedEntry): TouchdownError {
  const message = `zip entry ${JSON.stringify(entry.path)} has bytes after its compressed data`;
  return new TouchdownError("ZIP_DATA", message);
}

function wrongSize(entry: CompressedEntry, found: string): TouchdownError {
  const message = `zip entry ${JSON.stringify(entry.path)} should have ${entry.size} bytes and has ${found}`;
  return new TouchdownError("ZIP_SIZE", message);
}

function wrongChecksum(entry: CompressedEntry): TouchdownError {
  const message = `zip entry ${JSON.stringify(entry.path)} does not match its checksum`;
  return new TouchdownError("ZIP_CRC", message);
}
