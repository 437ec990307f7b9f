import { createHash, type Hash } from "node:crypto";
import { createWriteStream, type WriteStream } from "node:fs";
import { once } from "node:events";
import { finished } from "node:stream/promises";
import { TouchdownError } from "../errors.ts";
import { systemReason } from "./system-error.ts";

/**
 * A file that is being received: written and hashed as its bytes come, over as many attempts as it takes. At most
 * 1 MiB waits for the disk. It is not synced: whoever keeps it has its sha256.
 */
export class PartialFile {
  readonly path: string;
  /** How many bytes there are so far. */
  size = 0;
  #hash: Hash = createHash("sha256");
  #stream: WriteStream;
  #failure: unknown;

  constructor(path: string) {
    this.path = path;
    this.#stream = this.#open();
  }

  /** Add bytes. Returns `false` when the disk is behind: then wait for `drained` before adding more. */
  add(bytes: Uint8Array): boolean {
    this.size += bytes.length;
    this.#hash.update(bytes);
    return this.#stream.write(bytes);
  }

  async drained(): Promise<void> {
    this.#check();
    if (this.#stream.writableNeedDrain) await once(this.#stream, "drain").catch(() => {});
    this.#check();
  }

  /** Begin again, with nothing. */
  async restart(): Promise<void> {
    await this.close();
    this.size = 0;
    this.#hash = createHash("sha256");
    this.#stream = this.#open();
  }

  /**
   * Write what is left.
   *
   * @returns the sha256 of the whole, as 64 hex digits
   * @throws FILE_WRITE
   */
  async finish(): Promise<string> {
    this.#stream.end();
    await finished(this.#stream).catch(() => {});
    this.#check();
    return this.#hash.digest("hex");
  }

  /** Stop writing; what is there stays. */
  async close(): Promise<void> {
    if (this.#stream.closed) return;
    this.#stream.destroy();
    await once(this.#stream, "close").catch(() => {});
  }

  #open(): WriteStream {
    const stream = createWriteStream(this.path, { highWaterMark: 1024 * 1024 });
    stream.on("error", (error) => (this.#failure ??= error));
    return stream;
  }

  #check(): void {
    if (this.#failure === undefined) return;
    const cause = this.#failure;
    throw new TouchdownError("FILE_WRITE", `cannot write ${this.path}: ${systemReason(cause)}`, {
      cause,
    });
  }
}
