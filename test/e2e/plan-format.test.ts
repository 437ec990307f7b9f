import { expect, test } from "vitest";
import { eventsOf, inFolder, touchdown } from "../support/cli.ts";

const file = `export default (workspace) => {
  const bundle = workspace.addFuselageBundle({ target: workspace.addLocal() });
  bundle.addFile({ name: "settings.json", contents: "x" });
};
`;

test("plan --format markdown is the whole of stdout; json is --json", async () => {
  await inFolder({ "Touchdownfile.ts": file }, async (cwd) => {
    const ran = await touchdown(["plan", "--format", "markdown", "--detailed-exitcode"], { cwd });
    expect(ran.exitCode).toBe(2);
    expect(ran.stdout).toMatch(/^<!-- touchdown plan -->\n### touchdown plan: 1 to create\n/u);
    expect(ran.stdout).toContain("| create | `file settings.json` |");
    const json = await touchdown(["plan", "--format", "json"], { cwd });
    expect(eventsOf(json).at(-1)).toMatchObject({ type: "summary", created: 1 });
    await touchdown(["apply", "--yes"], { cwd });
    const after = await touchdown(["plan", "--format=markdown"], { cwd });
    expect(after).toMatchObject({ exitCode: 0, stderr: "" });
    expect(after.stdout).toContain("nothing to do\n\n1 resource is as declared.\n");
  });
});

test.each([
  [["--format", "html"], '--format takes text, markdown or json, got "html"'],
  [["--format", "text", "--json"], "--json and --format text exclude each other"],
  [
    ["--format", "markdown", "--show-values"],
    "--show-values and --format markdown exclude each other",
  ],
  [["--format", "json", "--show-values"], "--json and --show-values exclude each other"],
])("plan %j is refused", async (words, message) => {
  await inFolder({ "Touchdownfile.ts": file }, async (cwd) => {
    const ran = await touchdown(["plan", ...words], { cwd });
    expect(ran).toMatchObject({ exitCode: 2, stdout: "" });
    expect(ran.stderr).toContain(message);
  });
});
