// @ts-check
/** What the demo stands on: says, runs, checks, and stops what it runs. */
import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import pc from "picocolors";

const cli = fileURLToPath(new URL("../../dist/touchdown.cjs", import.meta.url));

/** A step whose outcome is not what the demo says. */
export class Untrue extends Error {}

/** @typedef {{ code: number | undefined, stdout: string, stderr: string }} Done */
/** @typedef {{ input?: string, show?: boolean, onLine?: (line: string) => void }} HowToRun */

export class Stage {
  #folder;
  #env;
  /** @type {AbortSignal} */
  #signal;

  /** @param {{ folder: string, env: NodeJS.ProcessEnv, signal: AbortSignal }} options */
  constructor({ folder, env, signal }) {
    this.#folder = folder;
    this.#env = env;
    this.#signal = signal;
  }

  /** @param {string} title */
  say(title) {
    console.log(`\n${pc.bold(`── ${title}`)}`);
  }

  /**
   * Run to the end, with what it says on the terminal.
   *
   * @param {readonly string[]} command  `touchdown` is the built one
   * @param {HowToRun} [options]
   * @returns {Promise<Done>}
   */
  async run(command, { input, show = true, onLine } = {}) {
    this.#signal.throwIfAborted();
    const words = command.map((word) => (/^[\w./=-]+$/.test(word) ? word : `'${word}'`)).join(" ");
    const typed = input === undefined ? words : `echo '${input}' | ${words}`;
    console.log(pc.cyan(`$ ${typed}`));
    const [program = "", ...args] =
      command[0] === "touchdown" ? [process.execPath, cli, ...command.slice(1)] : command;
    const done = await this.#finished(program, args, { input, show, onLine });
    // A Ctrl-C reaches the command too: it has ended by now.
    this.#signal.throwIfAborted();
    return done;
  }

  /**
   * @param {string} program
   * @param {readonly string[]} args
   * @param {{ input: string | undefined, show: boolean, onLine: HowToRun["onLine"] }} options
   * @returns {Promise<Done>}
   */
  #finished(program, args, { input, show, onLine }) {
    const child = spawn(program, args, { cwd: this.#folder, env: this.#env });
    const said = { stdout: "", stderr: "" };
    let rest = "";
    child.stdout.setEncoding("utf8").on("data", (text) => {
      said.stdout += text;
      if (show) process.stdout.write(text);
      const lines = (rest + text).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) onLine?.(line);
    });
    child.stderr.setEncoding("utf8").on("data", (text) => {
      said.stderr += text;
      process.stderr.write(text);
    });
    child.stdin.on("error", () => undefined).end(input ?? "");
    return new Promise((resolve, reject) => {
      child.on("error", reject);
      child.on("close", (code) => resolve({ code: code ?? undefined, ...said }));
    });
  }

  /**
   * @param {boolean} holds
   * @param {string} claim  as it stands on the terminal if it holds
   * @param {unknown} [seen]  what was there instead
   */
  check(holds, claim, seen) {
    if (!holds) throw new Untrue(`not so: ${claim}\n  seen: ${JSON.stringify(seen)}`);
    console.log(pc.green(`✓ ${claim}`));
  }
}
