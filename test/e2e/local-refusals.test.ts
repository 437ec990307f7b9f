import { afterAll, beforeAll, expect, test } from "vitest";
import { writeZip } from "../../src/zip/write.ts";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { inFolder, touchdown } from "../support/cli.ts";
import { embeddedAws } from "../support/embedded-aws.ts";

let aws: Awaited<ReturnType<typeof embeddedAws>>;
beforeAll(async () => {
  aws = await embeddedAws();
});
afterAll(() => aws.stop());

const touchdownfile = (runtime: string, handler: string): string => `
import { readFileSync } from "node:fs";
export default (workspace) => {
  const aws = workspace.addAws({ region: "eu-west-1" });
  aws.addLambdaFunction({
    name: "f",
    role: aws.addRole({ name: "r" }),
    runtime: "${runtime}",
    handler: "${handler}",
    code: new Uint8Array(readFileSync(new URL("code.zip", import.meta.url))),
  });
};
`;

test.each([
  [
    "native modules of another Python",
    "python3.13",
    "main.f",
    ["main.py", "fast.cpython-38-x86_64-linux-gnu.so"],
    /^error AWS on this machine runs functions with Python 3\.\d+; fast\.cpython-38-x86_64-linux-gnu\.so is for Python 3\.8 \[LOCAL_RUNTIME\]/u,
  ],
  [
    "a runtime that it would only pretend to run",
    "java21",
    "main.f::g",
    ["main.class"],
    /^error AWS on this machine cannot run java21 \[LOCAL_RUNTIME\]/u,
  ],
])("invoke --local refuses %s by name", async (_what, runtime, handler, paths, message) => {
  await inFolder({ "Touchdownfile.ts": touchdownfile(runtime, handler) }, async (cwd) => {
    const entries = paths.map((path) => ({ path, bytes: Buffer.from("def f(e, c): pass") }));
    await writeFile(join(cwd, "code.zip"), (await writeZip(entries)).bytes);
    const env = { TOUCHDOWN_LOCAL_DIR: aws.folder };
    const applied = await touchdown(["apply", "--local", "--yes"], { cwd, env });
    expect(applied).toMatchObject({ exitCode: 0 });
    const { exitCode, stdout, stderr } = await touchdown(["invoke", "f", "--local"], { cwd, env });
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: "" });
    expect(stderr).toMatch(message);
    await touchdown(["destroy", "--local", "--yes"], { cwd, env });
  });
});
