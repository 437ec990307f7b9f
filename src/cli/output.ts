/**
 * Text to stdout and stderr. Where that is a file or a pipe it is written as it is: Node's streams take 4 ms to be
 * ready, a tenth of what a run takes that has little to do.
 */
import { fstatSync, writeSync } from "node:fs";
import { errorName } from "../host/system-error.ts";
import { exitCodes } from "./exit.ts";

/** What was asked for. Where the reader went away (`touchdown plan | head`) the run ends, which is no fault. */
export function toStdout(text: string): void {
  if (isPlain(1)) return writeAll(1, text, () => process.exit(exitCodes.done));
  process.stdout
    .once("error", goneOrFailed)
    .write(text, () => process.stdout.off("error", goneOrFailed));
}

/** What is said about the run. It goes on where nobody listens. */
export function toStderr(text: string): void {
  if (isPlain(2)) return writeAll(2, text, () => undefined);
  process.stderr.write(text);
}

/** Whether a person looks at it. */
export function isTerminal(file: 1 | 2): boolean {
  if (isPlain(file)) return false;
  return file === 1 ? process.stdout.isTTY : process.stderr.isTTY;
}

/** Of the devices that are no terminals on Linux (null, zero, full), as `stat` gives it. */
const memoryDevices = 1;

/** A terminal of Windows wants more than bytes, so there Node's streams are always asked. */
function isPlain(file: 1 | 2): boolean {
  if (process.platform === "win32") return false;
  try {
    const stats = fstatSync(file);
    if (!stats.isCharacterDevice()) return true;
    return process.platform === "linux" && stats.rdev >> 8 === memoryDevices;
  } catch {
    return false;
  }
}

function goneOrFailed(error: Error): void {
  if (errorName(error) === "EPIPE") process.exit(exitCodes.done);
  throw error;
}

function writeAll(file: number, text: string, onGone: () => void): void {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length;) {
    try {
      at += writeSync(file, bytes, at);
    } catch (error) {
      const name = errorName(error);
      if (name === "EPIPE") return onGone();
      // full, and whoever shares the pipe has said that writers don't wait
      if (name !== "EAGAIN") throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
    }
  }
}
