/** An empty folder a test, for Touchdownfiles; touchdown's cache is in it too. */
import { mkdir, mkdtemp, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach } from "vitest";
import { TouchdownError } from "../../src/errors.ts";

/** Call it once in a test file, outside of the tests. */
export function touchdownfileFolder() {
  let folder = "";
  const cacheBefore = process.env["TOUCHDOWN_CACHE_DIR"];

  beforeEach(async () => {
    folder = await mkdtemp(join(await realpath(tmpdir()), "touchdownfile-"));
    process.env["TOUCHDOWN_CACHE_DIR"] = join(folder, "cache");
  });

  afterEach(async () => {
    if (cacheBefore === undefined) delete process.env["TOUCHDOWN_CACHE_DIR"];
    else process.env["TOUCHDOWN_CACHE_DIR"] = cacheBefore;
    await rm(folder, { recursive: true, force: true });
  });

  const write = async (path: string, text: string): Promise<string> => {
    const file = join(folder, path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, text);
    return file;
  };

  /** Code, message and hint of the TouchdownError it rejects with. */
  const refusal = async (promise: Promise<unknown>) => {
    const error: unknown = await promise.then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    if (!(error instanceof TouchdownError)) {
      throw new Error("it was not refused", { cause: error });
    }
    const { code, message, hint } = error;
    return [code, message.replaceAll(folder, "FOLDER"), hint?.replaceAll(folder, "FOLDER")];
  };

  return { path: () => folder, write, refusal };
}
