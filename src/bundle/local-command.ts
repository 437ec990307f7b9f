/** A command on this machine: in a recorded process group, as another user where asked. */
import { join } from "node:path";
import { TouchdownError } from "../errors.ts";
import type { Runtime } from "../core/runtime.ts";
import { stateFolder } from "../host/dirs.ts";
import { withLock } from "../host/lock-file.ts";
import {
  forgetProcessGroup,
  isRecorded,
  recordProcessGroup,
  stopSurvivor,
} from "../host/process-group.ts";
import { run } from "../host/run.ts";
import type { RunOptions } from "../host/run.ts";
import { systemReason } from "../host/system-error.ts";
import { recordName } from "./record-name.ts";
import type { CommandOptions, CommandResult } from "./target.ts";

/** How long to wait for another touchdown that runs the same command. */
const lockAtMostMs = 600_000;

export async function runLocally(
  command: readonly string[],
  options: CommandOptions,
  runtime: Runtime,
): Promise<CommandResult> {
  const { record } = options;
  const settings = await runSettings(options);
  if (record === undefined) return run(command, settings);
  const folder = join(await stateFolder(), "commands-v1");
  const what = `${record.name}, which another touchdown runs`;
  const { clock, emit } = runtime;
  let waitingSince: number | undefined;
  const onWait = (): void => {
    waitingSince = clock.now();
    emit({ type: "waiting", what, atMostMs: lockAtMostMs });
  };
  const lock = { what, atMostMs: lockAtMostMs, signal: runtime.signal, onWait };
  return withLock(join(folder, `${recordName(record.key)}.lock`), lock, async () => {
    if (waitingSince !== undefined)
      emit({ type: "waited", what, elapsedMs: clock.now() - waitingSince });
    // whoever recorded it held the lock, and so is dead
    const stopped = await stopSurvivor(folder, record.key);
    if (stopped !== undefined) {
      const message = `stopped ${record.name} of an earlier run, which was killed (process group ${stopped.group})`;
      runtime.emit({ type: "warning", message, id: record.id, name: record.name });
    }
    try {
      const onStart = (pid: number): void => {
        try {
          recordProcessGroup(folder, record.key, pid);
        } catch (error) {
          // it runs already: better unrecorded than left alone
          const message = `${record.name} could not be recorded: ${systemReason(error)}`;
          runtime.emit({ type: "warning", message, id: record.id, name: record.name });
        }
      };
      return await run(command, { ...settings, onStart });
    } finally {
      forgetProcessGroup(folder, record.key);
    }
  });
}

export async function wasCutShort(key: string): Promise<boolean> {
  const folder = await stateFolder().catch(() => undefined);
  return folder !== undefined && isRecorded(join(folder, "commands-v1"), key);
}

async function runSettings(options: CommandOptions): Promise<RunOptions> {
  const { cwd, cleanEnv, timeoutMs, onOutput, user } = options;
  const person = user === undefined ? undefined : await personOf(user);
  const { env: theirs = {}, ...ids } = person ?? {};
  return {
    cwd,
    env: { ...(cleanEnv ? {} : theirs), ...options.env },
    cleanEnv,
    ...ids,
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
    ...(onOutput === undefined ? {} : { onOutput }),
  };
}

interface Person {
  readonly uid?: number;
  readonly gid?: number;
  readonly env?: Readonly<Record<string, string>>;
}

/**
 * What a command needs to run as `user`, a name or number that the schema has checked.
 *
 * @throws COMMAND_USER
 */
async function personOf(user: string): Promise<Person> {
  const [uid, gid] = [await idOfUser("-u", user), await idOfUser("-g", user)];
  if (uid === process.getuid?.()) return {};
  if (process.getuid?.() !== 0) {
    throw new TouchdownError("COMMAND_USER", `only root can run a command as ${user}`, {
      hint: "run touchdown as root, or leave user out and let the command call sudo",
    });
  }
  const { stdout } = await run(["sh", "-c", `echo ~${user}`]);
  const home = stdout.trim();
  const HOME = home.startsWith("/") ? { HOME: home } : {};
  return { uid, gid, env: { USER: user, LOGNAME: user, ...HOME } };
}

async function idOfUser(which: "-u" | "-g", user: string): Promise<number> {
  const { exitCode, stdout } = await run(["id", which, user]);
  if (exitCode === 0) return Number(stdout);
  throw new TouchdownError("COMMAND_USER", `there is no user ${user} on this machine`);
}
