import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { resetLocal, startLocal, stopLocal } from "../../src/local/server.ts";

/**
 * The embedded AWS for one test file, on a port and in a folder of its own, so that it meets neither another file's nor
 * the user's. The virtual environment in the cache is shared: the first run on a machine makes it.
 *
 * Call it in `beforeAll` and `stop` in `afterAll`; should the process end without, its exit ends the emulator too.
 */
export async function embeddedAws(): Promise<{
  readonly endpoint: string;
  /** The folder to give as `TOUCHDOWN_LOCAL_DIR` to a CLI that is to find this one with `--local`. */
  readonly folder: string;
  /** What functions run with, for example `3.11`. */
  readonly python: string;
  /** Remove all that is in it. */
  readonly reset: () => Promise<void>;
  readonly stop: () => Promise<void>;
}> {
  const folder = await mkdtemp(join(tmpdir(), "touchdown-aws-"));
  const inFolder = <Result>(use: () => Promise<Result>) => withFolder(folder, use);
  const { endpoint, pid, python } = await inFolder(() => startLocal());
  const atExit = (): void => killGroup(pid);
  process.once("exit", atExit);
  return {
    endpoint,
    folder,
    python,
    reset: async () => void (await inFolder(resetLocal)),
    stop: async () => {
      await inFolder(stopLocal);
      process.off("exit", atExit);
      await rm(folder, { recursive: true });
    },
  };
}

/** For the duration of a call; one at a time. */
async function withFolder<Result>(folder: string, use: () => Promise<Result>): Promise<Result> {
  const names = ["TOUCHDOWN_LOCAL_DIR", "TOUCHDOWN_LOCAL_PORT"] as const;
  const before = names.map((name) => [name, process.env[name]] as const);
  process.env["TOUCHDOWN_LOCAL_DIR"] = folder;
  delete process.env["TOUCHDOWN_LOCAL_PORT"];
  try {
    return await use();
  } finally {
    for (const [name, value] of before) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  }
}

function killGroup(pid: number): void {
  try {
    process.kill(-pid, "SIGKILL");
  } catch {
    // it has ended
  }
}
