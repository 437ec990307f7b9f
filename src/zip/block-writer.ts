import { createHash, hash, type Hash } from "node:crypto";
import { read, write, writeSync } from "node:fs";
import { crc32 } from "./crc32.ts";
import { readWhole } from "./read-whole.ts";

/** Of each block, in bytes: so big that calls cost nothing, so small that it stays in the processor's cache. */
const blockSize = 1024 * 1024;

/** How many blocks there are: this bounds the memory, whatever the size of the file. */
const blockCount = 4;

/**
 * Blocks that no writer has any more. Of three hundred small zips, each would otherwise take a new block: fresh pages
 * from the system, and memory for which the garbage collector runs.
 */
const idle: Buffer[] = [];

/** More than these are given back. */
const idleCount = 16;

const noBlock = Buffer.alloc(0);

function takeBlock(): Buffer {
  return idle.pop() ?? Buffer.allocUnsafeSlow(blockSize);
}

function giveBack(block: Buffer): void {
  if (idle.length < idleCount) idle.push(block);
}

/**
 * Writes a file from its start, in blocks that are hashed here while those before them are written by the thread pool,
 * and the one after them is read. Whoever fills `block` adds to `used`, and calls `flush` when there is too little
 * `room`.
 */
export class BlockWriter {
  /** The block to fill. */
  block: Buffer = takeBlock();
  /** Bytes of it that are filled. */
  used = 0;
  /** Whether `mark` will be asked for the CRC-32 of what is added: to be changed only where something was marked. */
  summing = true;
  readonly #file: number;
  /** Of what was flushed; a small zip is hashed at once. */
  #hash: Hash | undefined;
  readonly #free: Buffer[] = [];
  #made = 1;
  /** Of what came since the last `mark`, as far as `#checked` in the block. */
  #checksum = 0;
  #checked = 0;
  #flushed = 0;
  #written = 0;
  /** Full blocks, in order. The first is being written: two writes to one file would wait for each other. */
  readonly #full: Buffer[] = [];
  #writing = false;
  #failure: Error | undefined;
  #wake: () => void = () => {};

  constructor(file: number) {
    this.#file = file;
  }

  /** Bytes that still fit into the block. */
  get room(): number {
    return blockSize - this.used;
  }

  /** Of the file, with what is in the block. */
  get size(): number {
    return this.#flushed + this.used;
  }

  /** Add bytes, however many. */
  async add(bytes: Uint8Array): Promise<void> {
    for (let at = 0; at < bytes.length;) {
      if (this.room === 0) await this.flush();
      const piece = bytes.subarray(at, at + this.room);
      this.block.set(piece, this.used);
      this.used += piece.length;
      at += piece.length;
    }
  }

  /** The CRC-32 of what was added since this was last called. */
  mark(): number {
    this.#check();
    const checksum = this.#checksum;
    this.#checksum = 0;
    return checksum;
  }

  /**
   * Add what is in a file.
   *
   * @returns whether it was all there
   * @throws what the system says
   */
  async copy(file: number, offset: number, length: number): Promise<boolean> {
    if (this.room === 0) await this.flush();
    if (length <= this.room) {
      // it is there before another thread has woken
      const target = this.block.subarray(this.used, this.used + length);
      this.used += length;
      return readWhole(file, target, offset);
    }
    let at = offset;
    const end = offset + length;
    let reading = readInThread(file, this.block.subarray(this.used), at);
    for (;;) {
      if (!(await reading)) return false;
      const read = Math.min(this.room, end - at);
      at += read;
      this.used += read;
      if (at === end) return true;
      const next = await this.#nextBlock();
      reading = readInThread(file, next.subarray(0, Math.min(blockSize, end - at)), at);
      this.#handOn();
      this.block = next;
    }
  }

  /** Hand the block on, and go on with an empty one. */
  async flush(): Promise<void> {
    this.#handOn();
    // only when the event loop turns is it seen that a write has ended, and the next one begun
    await new Promise(setImmediate);
    this.block = await this.#nextBlock();
  }

  #handOn(): void {
    const filled = this.#takeFilled();
    this.#full.push(filled);
    this.#writeFirst();
    this.#hash ??= createHash("sha256");
    this.#hash.update(filled);
  }

  async #nextBlock(): Promise<Buffer> {
    while (this.#free.length === 0 && this.#made === blockCount) await this.#nextWritten();
    const free = this.#free.pop();
    if (free === undefined) this.#made++;
    return free ?? takeBlock();
  }

  /** Write what is left, and wait until all is written. */
  async finish(): Promise<{ readonly size: number; readonly sha256: string }> {
    const last = this.#takeFilled();
    const sha256 = this.#hash?.update(last).digest("hex") ?? hash("sha256", last, "hex");
    while (this.#full.length > 0) await this.#nextWritten();
    // nothing is left to be done meanwhile, and a small zip is written without waking the thread pool
    for (let at = 0; at < last.length;) {
      at += writeSync(this.#file, last, at, last.length - at, this.#written + at);
    }
    return { size: this.#flushed, sha256 };
  }

  /**
   * Wait until nothing is being written any more, also after a failure: only then may the file be closed. The writer
   * has no block after this.
   */
  async settle(): Promise<void> {
    this.#full.splice(1);
    while (this.#writing) await this.#change();
    for (const block of this.#free.splice(0)) giveBack(block);
    giveBack(this.block);
    this.block = noBlock;
  }

  #check(): void {
    const unchecked = this.block.subarray(this.#checked, this.used);
    if (this.summing) this.#checksum = crc32(unchecked, this.#checksum);
    this.#checked = this.used;
  }

  #takeFilled(): Buffer {
    this.#check();
    this.#checked = 0;
    const filled = this.block.subarray(0, this.used);
    this.#flushed += this.used;
    this.used = 0;
    return filled;
  }

  async #nextWritten(): Promise<void> {
    if (this.#failure === undefined) await this.#change();
    if (this.#failure !== undefined) throw this.#failure;
  }

  #change(): Promise<void> {
    return new Promise((resolve) => (this.#wake = resolve));
  }

  #writeFirst(at = 0): void {
    const [first] = this.#full;
    if (first === undefined || (this.#writing && at === 0)) return;
    this.#writing = true;
    write(this.#file, first, at, first.length - at, this.#written, (error, count) => {
      this.#written += count;
      if (error === null && at + count < first.length) return this.#writeFirst(at + count);
      this.#writing = false;
      if (error === null) this.#wrote(first);
      else this.#failure = error;
      this.#wake();
    });
  }

  #wrote(block: Buffer): void {
    this.#full.shift();
    this.#free.push(Buffer.from(block.buffer));
    this.#writeFirst();
  }
}

/** As `readWhole`, by another thread. */
function readInThread(file: number, target: Buffer, offset: number): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const readFrom = (at: number): void => {
      read(file, target, at, target.length - at, offset + at, (error, count) => {
        if (error !== null) reject(error);
        else if (at + count === target.length) resolve(true);
        else if (count === 0) resolve(false);
        else readFrom(at + count);
      });
    };
    readFrom(0);
  });
}
