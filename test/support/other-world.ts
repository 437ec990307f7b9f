import { writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { run, type RunResult } from "../../src/host/run.ts";

const jiti = resolve("node_modules/jiti/lib/jiti-cli.mjs");

/**
 * Runs what follows as another user, who may read everything and write nothing: the tests may be in a folder that is
 * closed to others.
 */
export const nobody = [
  "setpriv",
  "--reuid=65534",
  "--regid=65534",
  "--clear-groups",
  "--inh-caps=+dac_read_search",
  "--ambient-caps=+dac_read_search",
  // else access(2) asks without them
  "--securebits=+no_setuid_fixup",
] as const;

/** Run TypeScript in a process of its own, in `folder`; `as` is another user, `before` a shell command. */
export async function runScript(
  folder: string,
  script: string,
  options: {
    readonly args?: readonly string[];
    readonly setpriv?: boolean;
    /** In a mount namespace of its own, with `folder/disk` a file system of so many bytes. */
    readonly diskBytes?: number;
    readonly onStart?: (pid: number) => void;
  } = {},
): Promise<RunResult> {
  const { args = [], setpriv = false, diskBytes, onStart } = options;
  await writeFile(join(folder, "script.ts"), script);
  const node = [process.execPath, jiti, join(folder, "script.ts"), ...args];
  const plain = setpriv ? [...nobody, ...node] : node;
  const mount = `mkdir -p disk && mount -t tmpfs -o size=${diskBytes} none disk && exec "$@"`;
  const command =
    diskBytes === undefined ? plain : ["unshare", "--mount", "sh", "-c", mount, "sh", ...plain];
  const env = { JITI_FS_CACHE: "false" };
  return run(command, { cwd: folder, env, ...(onStart === undefined ? {} : { onStart }) });
}

/** What this machine lacks for a file system of a given size, or another user; for `context.skip`. */
export async function missingFor(what: "mount" | "setpriv"): Promise<string | undefined> {
  const probe =
    what === "mount"
      ? ["unshare", "--mount", "sh", "-c", "mount -t tmpfs none /mnt"]
      : [...nobody, "test", "-r", jiti];
  const result = await run(probe).catch(() => undefined);
  return result?.exitCode === 0 ? undefined : `needs ${probe.slice(0, 2).join(" ")}`;
}
