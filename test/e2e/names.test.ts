import { existsSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { inFolder, touchdown } from "../support/cli.ts";

/** Two functions of one name in two accounts, another, and two files. */
const file = `import { python } from "touchdown-aws";
export default (workspace) => {
  const code = python\`def f(event, context): return 1\`;
  for (const region of ["eu-west-1", "eu-central-1"]) {
    const aws = workspace.addAws({ region, name: region });
    const role = aws.addRole({ name: "r-" + region });
    aws.addLambdaFunction({ name: "api", role, handler: "main.f", code });
    aws.addLambdaFunction({ name: "worker", role, handler: "main.f", code });
  }
  const bundle = workspace.addFuselageBundle({ target: workspace.addLocal() });
  bundle.addFile({ name: "one.txt", contents: "1" });
  const other = workspace.addFuselageBundle({ target: workspace.addLocal() });
  other.addFile({ name: "two.txt", contents: "2" });
};
`;

test("a name means every place it is in; with its place it means one", async () => {
  await inFolder({ "Touchdownfile.ts": file }, async (cwd) => {
    const both = await touchdown(["dot", "api", "--format", "mermaid"], { cwd });
    expect(both.stdout.match(/"(function|role)[^"]*"/gu)).toEqual([
      '"role r-eu-west-1 (eu-west-1)"',
      '"function api (eu-west-1)"',
      '"role r-eu-central-1 (eu-central-1)"',
      '"function api (eu-central-1)"',
    ]);
    const one = await touchdown(["dot", "function api (eu-west-1)", "--format", "mermaid"], {
      cwd,
    });
    expect(one.stdout.match(/"(function|role)[^"]*"/gu)).toHaveLength(2);
  });
});

test("apply does what is named alone, without credentials where that needs none", async () => {
  await inFolder({ "Touchdownfile.ts": file }, async (cwd) => {
    const ran = await touchdown(["apply", "file one.txt", "--yes"], { cwd });
    expect(ran.exitCode).toBe(0);
    expect(existsSync(join(cwd, "one.txt"))).toBe(true);
    expect(existsSync(join(cwd, "two.txt"))).toBe(false);
  });
});

test.each(["plan", "apply", "destroy", "dot"])(
  "%s refuses a name that is not there",
  async (verb) => {
    await inFolder({ "Touchdownfile.ts": file }, async (cwd) => {
      const yes = verb === "apply" || verb === "destroy" ? ["--yes"] : [];
      const ran = await touchdown([verb, "apj", ...yes], { cwd });
      expect(ran).toMatchObject({ exitCode: 1, stdout: "" });
      expect(ran.stderr)
        .toBe(`error nothing is named "apj" in the Touchdownfile, did you mean "api"? [NAME_UNKNOWN]
  functions go by their names, everything else by what it is and its name: "queue jobs"
`);
    });
  },
);
