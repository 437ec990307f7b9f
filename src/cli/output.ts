/**
 * Text to stdout and stderr. Where that is a file or a pipe it is written as it is: Node's streams take 4 ms to be
 * ready, a tenth of what a run takes that has little to do.
 */
import { fstatSync, writeSync } from "node:fs";
import { errorName, systemReason } from "../host/system-error.ts";
import { exitCodes } from "./exit.ts";

/** No more is written to stdout: its reader went away, or it is full. */
let stdoutEnded = false;

/**
 * What was asked for. Where its reader went away (`touchdown plan | head`), or it can't be written, the run goes on: what
 * it was to change must not depend on that.
 *
 * @returns whether more may follow
 */
export function toStdout(text: string): boolean {
  if (stdoutEnded) return false;
  if (isPlain(1)) writeAll(1, text, endStdout);
  else terminalOf(1).write(text);
  return !stdoutEnded;
}

/** A reader that went away is no fault. A disk that is full is: what was asked for is not all there. */
function endStdout(error: unknown): void {
  stdoutEnded = true;
  if (errorName(error) === "EPIPE") return;
  process.once("exit", () => {
    toStderr(`error cannot write to standard output: ${systemReason(error)} [STDOUT_WRITE]\n`);
    process.exitCode = exitCodes.couldNot;
  });
}

/** What is said about the run. It goes on where nobody listens. */
export function toStderr(text: string): void {
  if (isPlain(2)) writeAll(2, text, unheard);
  else terminalOf(2).write(text);
}

/** As a stream. A terminal that was closed takes no more, and is no reason to stop. */
export function terminalOf(file: 1 | 2): NodeJS.WriteStream {
  const stream = file === 1 ? process.stdout : process.stderr;
  if (!stream.listeners("error").includes(unheard)) stream.on("error", unheard);
  return stream;
}

function unheard(): void {}

/** Whether a person looks at it. */
export function isTerminal(file: 1 | 2): boolean {
  if (isPlain(file)) return false;
  return file === 1 ? process.stdout.isTTY : process.stderr.isTTY;
}

/** Of the devices that are no terminals on Linux (null, zero, full), as `stat` gives it. */
const memoryDevices = 1;

/** Asked once: it does not change. */
const plain = new Map<1 | 2, boolean>();

function isPlain(file: 1 | 2): boolean {
  const known = plain.get(file);
  if (known !== undefined) return known;
  const found = looksPlain(file);
  plain.set(file, found);
  return found;
}

/** A terminal of Windows wants more than bytes, so there Node's streams are always asked. */
function looksPlain(file: 1 | 2): boolean {
  if (process.platform === "win32") return false;
  try {
    const stats = fstatSync(file);
    if (!stats.isCharacterDevice()) return true;
    return process.platform === "linux" && stats.rdev >> 8 === memoryDevices;
  } catch {
    return false;
  }
}

function writeAll(file: number, text: string, onFailure: (error: unknown) => void): void {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length;) {
    try {
      at += writeSync(file, bytes, at);
    } catch (error) {
      // full, and whoever shares the pipe has said that writers don't wait
      if (errorName(error) !== "EAGAIN") return onFailure(error);
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
    }
  }
}
