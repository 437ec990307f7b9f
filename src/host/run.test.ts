import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { processTable } from "./process-table.ts";
import { run } from "./run.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "touchdown-run-"));
});
afterEach(() => rm(folder, { recursive: true }));

const node = (code: string): string[] => [process.execPath, "-e", code];
const alive = (group: number): number =>
  processTable().filter((p) => p.group === group && !p.zombie).length;

test("a command's exit code, stdout and stderr are its result, a failing one too", async () => {
  const result = await run(["sh", "-c", "echo out; echo err >&2; exit 3"]);
  expect(result).toEqual({ exitCode: 3, stdout: "out\n", stderr: "err\n" });
});

test("arguments reach the program as they are, never through a shell", async () => {
  const { stdout } = await run(["printf", "%s|", "$HOME", "a b", "", "*"]);
  expect(stdout).toBe("$HOME|a b||*|");
});

test("a command that a signal ended has the exit code a shell would give", async () => {
  expect(await run(["sh", "-c", "kill -TERM $$"])).toMatchObject({
    exitCode: 143,
    signal: "SIGTERM",
  });
});

test("env is added to the caller's variables, and cleanEnv replaces them", async () => {
  const added = await run(["sh", "-c", "echo $GREETING ${PATH:+path}"], {
    env: { GREETING: "hello" },
  });
  expect(added.stdout).toBe("hello path\n");
  const clean = await run(["/usr/bin/env"], { env: { GREETING: "hello" }, cleanEnv: true });
  expect(clean.stdout).toBe("GREETING=hello\n");
});

test("input arrives on stdin, and stdin is empty without it", async () => {
  expect((await run(["cat"], { input: "naïve ☃" })).stdout).toBe("naïve ☃");
  expect((await run(["cat"])).stdout).toBe("");
});

test("a program may end without reading its input", async () => {
  expect(await run(["true"], { input: new Uint8Array(4_000_000) })).toMatchObject({ exitCode: 0 });
});

test("output is handed on as it comes, with characters whole even when their bytes come apart", async () => {
  const code = `const b = Buffer.from("☃𝄞");
    process.stdout.write(b.subarray(0, 2));
    setTimeout(() => process.stdout.write(b.subarray(2, 5)), 50);
    setTimeout(() => process.stdout.write(b.subarray(5)), 100);`;
  const chunks: string[] = [];
  const { stdout } = await run(node(code), { onOutput: ({ text }) => chunks.push(text) });
  expect(stdout).toBe("☃𝄞");
  expect(chunks.join("")).toBe("☃𝄞");
  expect(chunks.every((chunk) => !chunk.includes("\uFFFD"))).toBe(true);
});

test("of much output the end is kept, and all of it is handed on", async () => {
  let seen = 0;
  const code = `for (let i = 0; i < 20000; i++) console.log("line", i)`;
  const { stdout } = await run(node(code), {
    keepLength: 1_000,
    onOutput: ({ text }) => (seen += text.length),
  });
  expect(stdout).toHaveLength(1_000);
  expect(stdout.endsWith("line 19999\n")).toBe(true);
  expect(seen).toBe(208_890);
});

test("a missing program is named, with the PATH that was searched", async () => {
  const error = run(["nosuchprogram", "--token=x"], { env: { PATH: "/nowhere:/bin" } });
  await expect(error).rejects.toMatchObject({
    code: "COMMAND_NOT_FOUND",
    message: "nosuchprogram was not found; PATH is /nowhere:/bin",
    hint: "install nosuchprogram, or add its folder to PATH",
  });
});

test("a missing script, and one whose interpreter is missing, are told apart", async () => {
  await expect(run(["./tool"], { cwd: folder })).rejects.toMatchObject({
    code: "COMMAND_NOT_FOUND",
    message: `./tool was not found; looked for ${folder}/tool`,
  });
  await writeFile(join(folder, "tool"), "#!/no/such/python3\n", { mode: 0o755 });
  await expect(run(["./tool"], { cwd: folder })).rejects.toMatchObject({
    code: "COMMAND_NOT_FOUND",
    message:
      "./tool could not be started: the interpreter its first line names is missing: #!/no/such/python3",
  });
});

test("a file that is not executable is refused with the way out", async () => {
  await writeFile(join(folder, "tool"), "#!/bin/sh\n", { mode: 0o644 });
  await expect(run(["./tool"], { cwd: folder })).rejects.toMatchObject({
    code: "COMMAND_NOT_STARTED",
    message: "./tool could not be started: permission denied",
    hint: "make it executable: chmod +x ./tool",
  });
});

test("a missing folder is not mistaken for a missing program", async () => {
  await expect(run(["true"], { cwd: join(folder, "gone") })).rejects.toMatchObject({
    code: "COMMAND_FOLDER",
    message: `true cannot run in ${folder}/gone: no such file or folder`,
  });
  await writeFile(join(folder, "file"), "");
  await expect(run(["true"], { cwd: join(folder, "file") })).rejects.toMatchObject({
    code: "COMMAND_FOLDER",
  });
});

test("an empty command and one with a NUL byte are refused", async () => {
  await expect(run([])).rejects.toMatchObject({ code: "COMMAND_NOT_FOUND" });
  await expect(run(["echo", "a\0b"])).rejects.toMatchObject({ code: "COMMAND_NOT_STARTED" });
});

test("at its timeout a command is stopped, with all that it started", async () => {
  let group = 0;
  const command = ["sh", "-c", "sleep 60 & sleep 60 & wait"];
  const ran = run(command, { timeoutMs: 200, onStart: (pid) => (group = pid) });
  await expect(ran).rejects.toMatchObject({
    code: "COMMAND_TIMEOUT",
    message: "sh did not end within 0.2 s and was stopped",
  });
  expect(alive(group)).toBe(0);
});

test("a command that ignores SIGTERM is killed after the grace", async () => {
  let group = 0;
  const command = ["sh", "-c", "trap '' TERM; sleep 60; sleep 60"];
  const ran = run(command, { timeoutMs: 300, graceMs: 200, onStart: (pid) => (group = pid) });
  await expect(ran).rejects.toMatchObject({ code: "COMMAND_TIMEOUT" });
  expect(alive(group)).toBe(0);
});

test("an interrupted run stops its command, or does not start it", async () => {
  const controller = new AbortController();
  let group = 0;
  const onStart = (pid: number): void => {
    group = pid;
    setTimeout(() => controller.abort(), 50);
  };
  const ran = run(["sh", "-c", "sleep 60; true"], { signal: controller.signal, onStart });
  await expect(ran).rejects.toMatchObject({
    code: "INTERRUPTED",
    message: "sh was stopped before its end",
  });
  expect(alive(group)).toBe(0);
  await expect(
    run(["touch", join(folder, "made")], { signal: controller.signal }),
  ).rejects.toMatchObject({
    code: "INTERRUPTED",
  });
  expect(await run(["ls", folder])).toMatchObject({ stdout: "" });
});

test("a process left in the background, which holds the output open, is not waited for", async () => {
  let group = 0;
  const result = await run(["sh", "-c", "sleep 60 & echo started"], {
    onStart: (pid) => (group = pid),
  });
  expect(result).toEqual({ exitCode: 0, stdout: "started\n", stderr: "" });
  expect(alive(group)).toBe(1);
  process.kill(-group, "SIGKILL");
});

test.skipIf(process.getuid?.() !== 0)(
  "root can run a command as another user (needs root)",
  async () => {
    const { stdout } = await run(["id", "-u"], { uid: 65_534, gid: 65_534, cwd: "/" });
    expect(stdout).toBe("65534\n");
  },
);
