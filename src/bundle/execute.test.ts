import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { InvalidTouchdownfile } from "../errors.ts";
import { readIfExists } from "../host/files.ts";
import { addLocal, Bundle } from "./bundle.ts";
import { bundleWorld, outputOf, warningsOf } from "../../test/support/bundle-world.ts";
import type { BundleWorld, Declare, Ran } from "../../test/support/bundle-world.ts";

let world: BundleWorld;
beforeEach(async () => {
  world = await bundleWorld();
});
afterEach(() => world.remove());

const inside = (name: string): string => join(world.folder, name);
const textOf = async (name: string): Promise<string> =>
  (await readIfExists(inside(name)))?.toString("utf8") ?? "";
test("a command without looks runs each time, in the Touchdownfile's folder; a plan runs nothing", async () => {
  const declare: Declare = (bundle) => {
    bundle.addExecute({ command: "echo ran >> log; pwd" });
    bundle.addExecute({ command: ["sh", "-c", "printf '%s|' \"$@\" >> args", "sh", "a b", "*"] });
  };
  expect((await world.plan(declare)).lines).toEqual([
    "execute echo ran >> log; pwd: update",
    "  run: each time",
    `execute sh -c printf '%s|' "$@" >> args sh a b *: pending`,
    "  may run (needs execute echo ran >> log; pwd)",
  ]);
  expect(await textOf("log")).toBe("");
  const ran = await world.apply(declare);
  expect(outputOf(ran)).toBe(`${world.folder}\n`);
  await world.apply(declare);
  expect(await textOf("log")).toBe("ran\nran\n");
  expect(await textOf("args")).toBe("a b|*|a b|*|");
});

test("unless, onlyIf and creates decide, and are asked again after what they depend on ran", async () => {
  const declare: Declare = (bundle) => {
    bundle.addFile({ name: "settings", contents: "1" });
    bundle.addExecute({ command: "cp settings copy", unless: "cmp -s settings copy" });
    bundle.addExecute({ command: "echo made >> made", creates: "made" });
    bundle.addExecute({ command: "echo never >> log", onlyIf: ["test", "-e", "no such file"] });
  };
  expect((await world.plan(declare)).lines).toEqual([
    "file settings: create",
    "  contents: 1 byte",
    "execute cp settings copy: pending",
    "  may run (needs file settings)",
    "execute echo made >> made: pending",
    "  may run (needs execute cp settings copy)",
    "execute echo never >> log: pending",
    "  may run (needs execute echo made >> made)",
  ]);
  expect((await world.apply(declare)).errors).toEqual([]);
  expect(await textOf("copy")).toBe("1");
  expect((await world.plan(declare)).report.summary.unchanged).toBe(4);
  await rm(inside("made"));
  expect((await world.plan(declare)).lines).toEqual([
    "file settings: unchanged",
    "execute cp settings copy: unchanged",
    "execute echo made >> made: update",
    "  run: what it creates is not there",
    "execute echo never >> log: pending",
    "  may run (needs execute echo made >> made)",
  ]);
  await world.apply(declare);
  expect(await textOf("made")).toBe("made\n");
  expect(await textOf("log")).toBe("");
});

test("a file after a command that may rewrite it is looked at again when the command has run", async () => {
  await writeFile(inside("settings"), "mine");
  const declare: Declare = (bundle) => {
    bundle.addExecute({ command: "echo theirs > settings", creates: "ran && touch ran" });
    bundle.addDirectory({ name: "." });
    bundle.addFile({ name: "settings", contents: "mine" });
  };
  expect((await world.plan(declare)).lines.filter((line) => !line.startsWith(" "))).toEqual([
    "execute echo theirs > settings: update",
    "directory .: pending",
    "file settings: pending",
  ]);
  expect((await world.apply(declare)).errors).toEqual([]);
  expect(await textOf("settings")).toBe("mine");
});

test("a command whose looks are not satisfied by running it is warned of, by name", async () => {
  const ran = await world.apply((bundle) => {
    bundle.addExecute({ command: "true", unless: "false" });
    bundle.addExecute({ command: ["true"], name: "build", creates: "lambda.zip" });
  });
  expect(warningsOf(ran)).toEqual([
    "execute true ran, but its unless is still not satisfied: the next run will run it again",
    `execute build ran, but ${world.folder}/lambda.zip is still not there: the next run will run it again`,
  ]);
});

test("a look that can't be made is an error, not a no", async () => {
  const look = (unless: string | string[]): Promise<Ran> =>
    world.plan((bundle) => bundle.addExecute({ command: "touch ran", unless }));
  expect((await look("no-such-program -q")).errors[0]).toMatch(
    /^COMMAND_LOOK unless of execute touch ran could not be asked: .*not found.*\(to ask whether a program is there, use command -v\)$/,
  );
  expect((await look(["no-such-program"])).errors[0]).toMatch(
    /^COMMAND_NOT_FOUND no-such-program was not found/,
  );
  expect((await look("kill -9 $$")).errors).toEqual([
    "COMMAND_LOOK unless of execute touch ran could not be asked: it was ended by SIGKILL",
  ]);
  expect((await look("exit 2")).errors).toEqual([]);
});

test("a failing command shows itself, its folder, its exit code and its last lines, but no secret", async () => {
  await mkdir(inside("src"));
  const ran = await world.apply((bundle) => {
    bundle.addExecute({
      command: "seq 30; echo the key is $KEY >&2; sleep 0.1; exit 3",
      cwd: "src",
      env: { KEY: "hunter22" },
    });
    bundle.addExecute({ command: "echo not tried" });
  });
  expect(ran.errors).toHaveLength(1);
  expect(ran.errors[0]).toContain(
    `COMMAND_FAILED seq 30; echo the key is $KEY >&2; sleep 0.1; exit 3 in src in ${world.folder}/src ended with exit code 3 (its last lines:\n`,
  );
  expect(ran.errors[0]).toContain("30\n");
  expect(ran.errors[0]).toContain("the key is ***");
  expect(ran.errors[0]).not.toContain("hunter22");
  expect(ran.report.skipped).toHaveLength(1);
});

test("variables are added to the caller's, or are all there are", async () => {
  const command = ["/bin/sh", "-c", 'echo "$GREETING|${HOME-none}"'];
  const ran = await world.apply((bundle) => {
    bundle.addExecute({ command, env: { GREETING: "hello" } });
    bundle.addExecute({ command, env: { GREETING: "hello" }, cleanEnv: true });
  });
  expect(outputOf(ran)).toBe(`hello|${process.env["HOME"] ?? "none"}\nhello|none\n`);
  expect(ran.report.planned.map(({ name }) => name)).toEqual([
    `execute /bin/sh -c echo "$GREETING|\${HOME-none}"`,
    `execute /bin/sh -c echo "$GREETING|\${HOME-none}" (2)`,
  ]);
});

test("a command that watches files runs when their contents changed since it last ran well", async () => {
  await mkdir(inside("src/deep"), { recursive: true });
  await writeFile(inside("src/deep/a.py"), "1");
  await writeFile(inside("list"), "1");
  const declare: Declare = (bundle) =>
    bundle.addExecute({ command: "test ! -e broken && echo x >> log", watches: ["src", "list"] });
  await world.apply(declare);
  expect((await world.plan(declare)).report.summary.unchanged).toBe(1);
  await writeFile(inside("src/deep/a.py"), "2");
  await writeFile(inside("broken"), "");
  expect((await world.apply(declare)).report.summary.failed).toBe(1);
  await rm(inside("broken"));
  expect((await world.apply(declare)).lines[1]).toBe("  run: what it watches changed");
  expect((await world.apply(declare)).report.summary.unchanged).toBe(1);
  await writeFile(inside("src/b.py"), "");
  await world.apply(declare);
  expect(await textOf("log")).toBe("x\nx\nx\n");
  await rm(inside("list"));
  expect((await world.plan(declare)).errors[0]).toContain(
    `FILE_MISSING there is no ${world.folder}/list, which a command watches`,
  );
});

test("with alwaysApply every command runs each time, unless its onlyIf says no", async () => {
  const declare: Declare = (bundle) => {
    bundle.addExecute({ command: "echo x >> log", creates: "log" });
    bundle.addExecute({ command: "echo y >> log", onlyIf: "false" });
  };
  for (let run = 0; run < 2; run++) await world.apply(declare, { alwaysApply: true });
  expect(await textOf("log")).toBe("x\nx\n");
});

test("what is wrong with commands is found before anything runs", async () => {
  const wrong = world.plan((bundle) => {
    bundle.addExecute({ command: " ", name: "blank" });
    bundle.addExecute({ command: [], name: "empty" });
    bundle.addExecute({ command: "make", unles: "make -q" } as never);
    bundle.addExecute({ command: "id", user: "-x" });
    bundle.addExecute({ command: "ls", env: { KEY: 1 as never } });
    bundle.addExecute({ command: "env", env: { "A=B": "" } });
    bundle.addExecute(undefined as never);
    bundle.addFile(undefined as never);
    bundle.addOutput(undefined as never);
  });
  const problems = await wrong.catch((error: unknown) =>
    error instanceof InvalidTouchdownfile ? error.problems.map(({ message }) => message) : [],
  );
  expect(problems).toEqual([
    "execute blank: command must be a command",
    "execute empty: command must not be empty, got []",
    'execute make: unles is not an argument, did you mean "unless"?',
    `execute id: user must be a user's name or number, got "-x"`,
    "execute ls: env.KEY must be a string, got a value not shown here",
    "execute env: env.A=B Invalid string: must match pattern /^[^=\\0]+$/",
    "execute ?: command is missing: it must be a command, or a list of a program and its arguments",
    "file ?: name is missing: it must be a string",
    "output ?: name is missing: it must be a string",
  ]);
});

test("the folder of a command is named when it is not there", async () => {
  const { errors } = await world.apply((bundle) => {
    bundle.addExecute({ command: "make", cwd: "no such folder" });
  });
  expect(errors).toEqual([
    `COMMAND_FOLDER sh cannot run in ${world.folder}/no such folder: no such file or folder`,
  ]);
});

test("two bundles at once may run the same command", async () => {
  const declare: Declare = (bundle, declarations) => {
    bundle.addExecute({ command: "echo x >> log" });
    const second = new Bundle(declarations, { target: addLocal() });
    second.addExecute({ command: "echo x >> log" });
  };
  const ran = await world.apply(declare);
  expect(ran.errors).toEqual([]);
  expect(await readFile(inside("log"), "utf8")).toBe("x\nx\n");
});
