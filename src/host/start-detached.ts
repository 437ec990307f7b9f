import { spawn } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import { requireFolder, spawnFailure } from "./spawn-failure.ts";

/**
 * Start a program that outlives this process: in a session of its own (no Ctrl-C of our terminal reaches it), its
 * stdin empty, its stdout and stderr added to a file.
 *
 * @param options.env  all the variables it gets
 * @returns            its process id, which is also that of its process group
 * @throws COMMAND_FOLDER, COMMAND_NOT_FOUND, COMMAND_NOT_STARTED
 */
export async function startDetached(
  command: readonly [program: string, ...args: string[]],
  options: {
    readonly cwd: string;
    readonly env: Readonly<Record<string, string>>;
    readonly outputFile: string;
    /** Called before anything is awaited, so that the process can be recorded before we might be killed. */
    readonly onStart: (pid: number) => void;
  },
): Promise<number> {
  const [program, ...args] = command;
  const { cwd, env, outputFile, onStart } = options;
  await requireFolder(cwd, program);
  const output = openSync(outputFile, "a", 0o600);
  try {
    return await new Promise<number>((resolve, reject) => {
      const stdio = ["ignore", output, output] as const;
      const child = spawn(program, args, { cwd, env, detached: true, stdio: [...stdio] });
      child.on("error", reject);
      if (child.pid === undefined) return;
      onStart(child.pid);
      child.unref();
      resolve(child.pid);
    });
  } catch (cause) {
    throw await spawnFailure(program, { cause, cwd, path: env["PATH"] });
  } finally {
    closeSync(output);
  }
}
