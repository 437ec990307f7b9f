import { toStderr, toStdout } from "../output.ts";
import { localStatus, resetLocal, startLocal, stopLocal } from "../../local/server.ts";
import { nearest } from "../../core/nearest.ts";
import { exitCodes, UsageError } from "../exit.ts";
import type { Call } from "../option.ts";

/** The AWS on this machine, by hand; `--local` on other verbs starts it by itself. */
export async function local({ operands, values }: Call): Promise<number> {
  const [action = ""] = operands;
  const act = Object.hasOwn(actions, action) ? actions[action] : undefined;
  if (act === undefined) {
    const near = nearest(action, Object.keys(actions));
    throw new UsageError(`local does not know "${action}"${near}`, "touchdown local --help");
  }
  const { text, data, running } = await act();
  const line = values.flag("json") ? JSON.stringify({ type: "local", ...data }) : text;
  toStdout(`${line}\n`);
  return action === "status" && !running ? exitCodes.couldNot : exitCodes.done;
}

interface Outcome {
  readonly text: string;
  readonly data: Readonly<Record<string, unknown>>;
  readonly running: boolean;
}

const actions: Readonly<Record<string, () => Promise<Outcome>>> = {
  start: async () => {
    const server = await startLocal({
      onProgress: (text) => toStderr(`${text}\n`),
    });
    const { endpoint, pid, python, logFile, started } = server;
    const word = started ? "started" : "already running";
    const text = `AWS on this machine ${word} at ${endpoint} (pid ${pid}, Python ${python}, log ${logFile})`;
    return {
      text,
      data: { running: true, endpoint, pid, python, logFile, started },
      running: true,
    };
  },
  stop: async () => {
    const stopped = await stopLocal();
    const text = stopped ? "AWS on this machine stopped; what was in it is gone" : notRunning;
    return { text, data: { running: false, stopped }, running: false };
  },
  status: async () => {
    const server = await localStatus();
    if (!server.running) {
      const text = server.stateLost ? `${ended}; log ${server.logFile}` : notRunning;
      return { text, data: server, running: false };
    }
    const { endpoint, pid, python, logFile, healthy } = server;
    const state = healthy ? "runs" : "does not answer";
    const text = `AWS on this machine ${state} at ${endpoint} (pid ${pid}, Python ${python}, log ${logFile})`;
    return { text, data: server, running: healthy };
  },
  reset: async () => {
    const { endpoint } = await resetLocal();
    return {
      text: "AWS on this machine is empty again",
      data: { running: true, endpoint },
      running: true,
    };
  },
};

const ended = "AWS on this machine ended without being asked to: what was in it is gone";
const notRunning = "AWS on this machine is not running; `touchdown local start` starts it";
