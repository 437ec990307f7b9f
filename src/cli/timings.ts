/** `--timings FILE`: hears a run's events and leaves a trace of them, however the run ends. */
import { accessSync, constants, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { TouchdownError } from "../errors.ts";
import { systemReason } from "../host/system-error.ts";
import { temporaryPath } from "../host/temporary-path.ts";
import { exitCodes } from "./exit.ts";
import { toStderr } from "./output.ts";
import { errorText } from "./render/error-text.ts";
import type { Renderer } from "./render/renderer.ts";
import { traceText } from "./trace.ts";
import type { Heard } from "./trace.ts";

/**
 * Written as the process exits, so also after an error and at the second Ctrl-C: a whole file or none.
 *
 * @throws FILE_WRITE where it can't be written, before anything is done
 */
export function withTimings(file: string, renderer: Renderer): Renderer {
  const path = resolve(file);
  refuseUnwritable(file, path);
  const heard: Heard[] = [];
  process.once("exit", () => {
    if (heard.length > 0) writeOrSay(file, path, heard);
  });
  return {
    ...renderer,
    emit: (event) => {
      heard.push({ event, at: Date.now() });
      renderer.emit(event);
    },
  };
}

function refuseUnwritable(file: string, path: string): void {
  try {
    accessSync(dirname(path), constants.W_OK);
    if (statSync(path, { throwIfNoEntry: false })?.isDirectory() !== true) return;
  } catch (cause) {
    throw unwritable(file, cause);
  }
  throw new TouchdownError("FILE_WRITE", `cannot write ${file}: it is a folder`);
}

function unwritable(file: string, cause: unknown): TouchdownError {
  const message = `cannot write ${file}: ${systemReason(cause)}`;
  return new TouchdownError("FILE_WRITE", message, { cause });
}

function writeOrSay(file: string, path: string, heard: readonly Heard[]): void {
  const temporary = temporaryPath(path);
  try {
    writeFileSync(temporary, traceText(heard, "touchdown"));
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    toStderr(errorText(unwritable(file, error), { verbose: false }));
    if (process.exitCode === undefined || process.exitCode === exitCodes.done) {
      process.exitCode = exitCodes.couldNot;
    }
  }
}
