import { mkdir, symlink } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { countingServer } from "../support/counting-server.ts";
import type { CountingServer } from "../support/counting-server.ts";
import { inFolder, touchdown } from "../support/cli.ts";

/** Stands where AWS would, and answers nothing that anyone could use. */
let aws: CountingServer;
beforeAll(async () => {
  aws = await countingServer();
});
afterEach(() => aws.reset());
afterAll(() => aws.stop());

const account = () => ({
  AWS_ENDPOINT_URL: aws.endpoint,
  AWS_ACCESS_KEY_ID: "key",
  AWS_SECRET_ACCESS_KEY: "secret",
});

const declaring = (...sources: string[]) => `export default (workspace) => {
  const aws = workspace.addAws({ region: "eu-west-1" });
${sources.map((source, i) => `  aws.addFile({ bucket: "films", name: "k${i}", source: "${source}" });`).join("\n")}
};
`;

test("a source is looked for in the Touchdownfile's folder, wherever touchdown runs", async () => {
  const files = { "Touchdownfile.ts": declaring("here.txt"), "here.txt": "hello" };
  await inFolder(files, async (folder) => {
    const cwd = join(folder, "elsewhere");
    await mkdir(cwd);
    const ran = await touchdown(["plan", "--file", "../Touchdownfile.ts"], { cwd, env: account() });
    expect(ran.stderr).not.toContain("FILE_MISSING");
    expect(aws.requests()).toBeGreaterThan(0);
  });
});

test("sources that are missing, a folder or unreadable are all named before any call", async () => {
  const files = { "Touchdownfile.ts": declaring("nowhere", "folder", "loop") };
  await inFolder(files, async (cwd) => {
    await mkdir(join(cwd, "folder"));
    // Unlike one without permission, a link to itself is closed to root as well.
    await symlink("loop", join(cwd, "loop"));
    const { exitCode, stderr } = await touchdown(["plan"], { cwd, env: account() });
    expect(exitCode).toBe(1);
    expect(stderr.replaceAll(cwd, "FOLDER").split("\n").filter(Boolean)).toEqual([
      "error file films/k0: source names nowhere, which is no file in FOLDER [FILE_MISSING]",
      "error file films/k1: source names folder, which is no file in FOLDER [FILE_MISSING]",
      "error file films/k2: source is wrong: cannot read FOLDER/loop: too many symbolic links encountered [FILE_READ]",
      "3 things are wrong; nothing was changed",
    ]);
    expect(aws.requests()).toBe(0);
  });
});

test.each(["destroy --yes", "invoke f", "tail f --since 1m"])(
  "touchdown %s goes on without a source that make clean removed",
  async (words) => {
    await inFolder({ "Touchdownfile.ts": declaring("nowhere") }, async (cwd) => {
      const ran = await touchdown(words.split(" "), { cwd, env: account() });
      expect(ran.stderr).not.toContain("FILE_MISSING");
      expect(aws.requests()).toBeGreaterThan(0);
    });
  },
);

test("touchdown dot draws a file whose source is not there", async () => {
  await inFolder({ "Touchdownfile.ts": declaring("nowhere") }, async (cwd) => {
    const { exitCode, stdout } = await touchdown(["dot"], { cwd, env: account() });
    expect(exitCode).toBe(0);
    expect(stdout).toContain("films/k0");
  });
});
