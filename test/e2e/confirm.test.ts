import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { cleanEnvironment, command, inFolder, touchdown } from "../support/cli.ts";
import { embeddedAws } from "../support/embedded-aws.ts";
import { missingTools } from "../support/missing-tools.ts";

const needs = missingTools([["python3", "-c", "import pty"]]).length > 0;

/** Gives the command a terminal of its own, types an answer when asked, and hands on its exit code. */
const terminal = `
import os, pty, sys
answer, *words = sys.argv[1:]
said = b""
def read(fd):
    global said
    data = os.read(fd, 1024)
    if b"[y/N]" in said + data and b"[y/N]" not in said:
        os.write(fd, answer.encode())
    said += data
    return data
sys.exit(os.waitstatus_to_exitcode(pty.spawn(words, read)))
`;

function atTerminal(
  answer: string,
  cwd: string,
  { options = [], more = {} }: { options?: readonly string[]; more?: NodeJS.ProcessEnv } = {},
): Promise<{ exitCode: number | null; text: string }> {
  const words = ["-c", terminal, answer, process.execPath, command, "apply", ...options];
  const env = { ...cleanEnvironment(), TERM: "xterm", NO_COLOR: "1", ...more };
  const child = spawn("python3", words, { cwd, env, stdio: ["pipe", "pipe", "inherit"] });
  let text = "";
  child.stdout.setEncoding("utf8").on("data", (more: string) => (text += more));
  return new Promise((resolve) => child.on("close", (exitCode) => resolve({ exitCode, text })));
}

const file = `export default (workspace) => {
  const bundle = workspace.addFuselageBundle({ target: workspace.addLocal() });
  bundle.addFile({ name: "first.txt", contents: "x" });
  const first = bundle.addOutput({ name: "first.txt" });
  bundle.addFile({ name: "second.txt", contents: first });
};
`;

test.skipIf(needs)("at a terminal, yes does what was shown (needs python3)", async () => {
  await inFolder({ "Touchdownfile.ts": file }, async (cwd) => {
    const { exitCode, text } = await atTerminal("y\n", cwd);
    expect({ exitCode, text }).toMatchObject({ exitCode: 0 });
    expect(text).toContain("may be written (needs output first.txt)");
    expect(text).toContain("Do this? [y/N]");
    expect(text).toContain("2 created");
    expect(existsSync(join(cwd, "second.txt"))).toBe(true);
  });
});

test.skipIf(needs)("at a terminal, anything but yes changes nothing (needs python3)", async () => {
  await inFolder({ "Touchdownfile.ts": file }, async (cwd) => {
    const { exitCode, text } = await atTerminal("nope\n", cwd);
    expect({ exitCode, text }).toMatchObject({ exitCode: 1 });
    expect(text).toContain("Nothing was changed.");
    expect(existsSync(join(cwd, "first.txt"))).toBe(false);
  });
});

test.skipIf(needs)("at a terminal, Ctrl-C is an interrupted run (needs python3)", async () => {
  await inFolder({ "Touchdownfile.ts": file }, async (cwd) => {
    const { exitCode, text } = await atTerminal("\u0003", cwd);
    expect({ exitCode, text }).toMatchObject({ exitCode: 130 });
    expect(text).toContain("Nothing was changed.");
    expect(existsSync(join(cwd, "first.txt"))).toBe(false);
  });
});

test.skipIf(needs)("what is to be deleted is asked for by name (needs python3)", async () => {
  const aws = await embeddedAws();
  const more = { TOUCHDOWN_LOCAL_DIR: aws.folder };
  const queues = (names: readonly string[]) => `import { touchdown } from "touchdown-aws";
export default touchdown({ name: "media" }, (workspace) => {
  const aws = workspace.addAws({ region: "eu-west-1" });
  for (const name of ${JSON.stringify(names)}) aws.addQueue({ name });
});
`;
  try {
    await inFolder({ "Touchdownfile.ts": queues(["a", "b"]) }, async (cwd) => {
      await touchdown(["apply", "--local", "--yes"], { cwd, env: more });
      await writeFile(join(cwd, "Touchdownfile.ts"), queues(["c"]));
      const options = ["--local", "--prune"];
      const refused = await atTerminal("n\n", cwd, { options, more });
      expect(refused.text).toContain("Do this, and delete queue a, queue b for good? [y/N]");
      await atTerminal("y\n", cwd, { options, more });
      const nothing = await atTerminal("", cwd, { options, more });
      expect(nothing.text).toContain("Nothing to do: 1 resource is as declared.");
      expect(nothing.text).toMatch(/1 unchanged; \d+ AWS calls, \d\.\d s/u);
      await writeFile(join(cwd, "Touchdownfile.ts"), queues([]));
      const last = await atTerminal("y\n", cwd, { options, more });
      expect(last.text).toContain("Delete queue c for good? [y/N]");
      expect(last.text).toContain("1 deleted");
    });
  } finally {
    await aws.stop();
  }
});
