import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { inFolder, touchdown } from "../support/cli.ts";
import { readTrace } from "../support/trace-format.ts";

/** A command that takes a while, one that fails, and a file. */
const file = `export default (workspace) => {
  const slow = workspace.addFuselageBundle({ target: workspace.addLocal() });
  slow.addExecute({ command: "echo started; sleep 1; touch made", creates: "made" });
  const other = workspace.addFuselageBundle({ target: workspace.addLocal() });
  other.addFile({ name: "file.txt", contents: "x" });
  if (process.env.FAIL) other.addExecute({ command: "exit 3" });
};
`;

const names = (folder: string) =>
  readTrace(readFileSync(join(folder, "trace.json"), "utf8")).map(({ name, args: { error } }) =>
    typeof error === "string" ? `${name} ${error}` : name,
  );

test("--timings leaves a trace of what was read and made", async () => {
  await inFolder({ "Touchdownfile.ts": file }, async (cwd) => {
    const planned = await touchdown(["plan", "--timings", "trace.json"], { cwd });
    expect(planned.exitCode).toBe(0);
    expect(names(cwd)).toContain("read file file.txt");
    const applied = await touchdown(["apply", "--yes", "--timings", "trace.json"], { cwd });
    expect(applied.exitCode).toBe(0);
    expect(names(cwd)).toContain("create file file.txt");
    expect(names(cwd)).toContain("changing 2");
  });
});

test("a run that fails leaves its trace, and so does one that is stopped at once", async () => {
  await inFolder({ "Touchdownfile.ts": file }, async (cwd) => {
    const words = ["apply", "--yes", "--timings", "trace.json"];
    const stopped = await touchdown(words, {
      cwd,
      onStderr: (text, kill) => {
        if (text.includes("| started") || text.includes("stopping:")) kill("SIGINT");
      },
    });
    expect(stopped.exitCode).toBe(130);
    expect(names(cwd).join("\n")).toMatch(/update.*touch made/u);
    const failed = await touchdown(words, { cwd, env: { FAIL: "1" } });
    expect(failed.exitCode).toBe(1);
    expect(names(cwd).join("\n")).toMatch(/exit 3 COMMAND_FAILED/u);
    // of what was being written when the run was stopped at once a half may be left, as after a kill
    const left = readdirSync(cwd).filter((name) => name.endsWith(".tmp"));
    expect(left.filter((name) => name.includes("trace"))).toEqual([]);
  });
});

test("a trace that can't be written is refused before anything is done", async () => {
  await inFolder({ "Touchdownfile.ts": file }, async (cwd) => {
    const ran = await touchdown(["apply", "--yes", "--timings", "nowhere/trace.json"], { cwd });
    expect(ran).toMatchObject({ exitCode: 1, stdout: "" });
    expect(ran.stderr).toContain(
      "cannot write nowhere/trace.json: no such file or folder [FILE_WRITE]",
    );
    expect(existsSync(join(cwd, "file.txt"))).toBe(false);
    const folder = await touchdown(["plan", "--timings", "."], { cwd });
    expect(folder.stderr).toContain("cannot write .: it is a folder [FILE_WRITE]");
  });
});
