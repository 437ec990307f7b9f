import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { appendFile, cp, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { missingTools } from "../support/missing-tools.ts";

const example = fileURLToPath(new URL("../../examples/makefile", import.meta.url));
const missing = missingTools([
  ["make", "--version"],
  ["zip", "-v"],
  ["unzip", "-v"],
  ["python3", "-m", "pip", "--version"],
]);

const made = new Set(["lambda-build", "lambda.zip", "wheelhouse", "__pycache__"]);
const settings = (url: string) => `${JSON.stringify({ AWS_SQS_URL: url })}\n`;

type Env = Readonly<Record<string, string | undefined>>;

/** What the command wrote; a failure is thrown with all of it. */
const run = (cwd: string, command: readonly [string, ...string[]], env: Env = {}): string => {
  const [program, ...args] = command;
  const done = spawnSync(program, args, { cwd, env: { ...process.env, ...env }, encoding: "utf8" });
  if (done.status === 0) return done.stdout;
  throw new Error(`${command.join(" ")}: ${String(done.status)}\n${done.stdout}${done.stderr}`);
};
const make = (cwd: string, makefile: string, env: Env = {}) =>
  run(cwd, ["make", "-f", makefile], env);
const asked = (cwd: string, makefile: string) =>
  spawnSync("make", ["-q", "-f", makefile], { cwd, stdio: "ignore" }).status;
const names = (cwd: string) => run(cwd, ["zipinfo", "-1", "lambda.zip"]).trimEnd().split("\n");
const inZip = (cwd: string, name: string) => run(cwd, ["unzip", "-p", "lambda.zip", name]);
const sha256 = async (cwd: string) =>
  createHash("sha256")
    .update(await readFile(join(cwd, "lambda.zip")))
    .digest("hex");

/** What the function in the zip answers, unpacked elsewhere as Lambda unpacks it. */
const answer = (cwd: string, event: unknown): unknown => {
  run(cwd, ["unzip", "-qo", "lambda.zip", "-d", "../task"]);
  const call =
    "import json, sys, mymodule; json.dump(mymodule.myfunction(json.loads(sys.argv[1]), None), sys.stdout)";
  const python = ["python3", "-c", call, JSON.stringify(event)] as const;
  return JSON.parse(run(join(cwd, "../task"), python, { PYTHONDONTWRITEBYTECODE: "1" }));
};

describe.skipIf(missing.length > 0)(
  `the Makefile example (needs ${missing.join(", ") || "nothing more"})`,
  () => {
    let temp = "";
    beforeAll(async () => {
      temp = await mkdtemp(join(tmpdir(), "touchdown-makefile-"));
    });
    afterAll(() => rm(temp, { recursive: true, force: true }));

    /** A copy of the sources, with nothing that was built; `name` is a path below this test's folder. */
    const copy = async (name: string, from = example): Promise<string> => {
      const to = join(temp, name);
      await mkdir(join(to, ".."), { recursive: true });
      await cp(from, to, { recursive: true, filter: (path) => !made.has(basename(path)) });
      await writeFile(join(to, "settings.json"), settings("first"));
      return to;
    };

    test("make builds a sorted zip that answers from settings.json, and then has nothing to do", async () => {
      const here = await copy("main/first copy");
      await writeFile(join(here, "myproject/removed.py"), "");
      expect(asked(here, "Makefile")).toBe(1);

      make(here, "Makefile");

      expect(asked(here, "Makefile")).toBe(0);
      const packed = names(here);
      expect(packed).toEqual([...packed].sort());
      expect(packed).toEqual(
        expect.arrayContaining(["humanize/__init__.py", "mymodule.py", "settings.json"]),
      );
      expect(packed.filter((name) => name.endsWith(".pyc") || name.endsWith("/"))).toEqual([]);
      expect(packed).toContain("myproject/removed.py");
      expect(answer(here, { name: "Ada" })).toEqual({
        AWS_SQS_URL: "first",
        greeting: "Hello, Ada",
        received: "15 Bytes",
      });
    });

    test("a removed module is gone from the next zip, and an edited one is in it", async () => {
      const here = join(temp, "main/first copy");
      await rm(join(here, "myproject/removed.py"));
      expect(asked(here, "Makefile")).toBe(1);
      await appendFile(join(here, "myproject/greeting.py"), "# edited\n");

      make(here, "Makefile");

      expect(names(here)).not.toContain("myproject/removed.py");
      expect(inZip(here, "myproject/greeting.py")).toContain("# edited");
      expect(asked(here, "Makefile")).toBe(0);
    });

    test("another copy, umask, time zone and locale give the same sha256", async () => {
      const here = join(temp, "main/first copy");
      const there = await copy("main/second", here);

      const shell = ["sh", "-c", "umask 077 && make"] as const;
      run(there, shell, { TZ: "Asia/Tokyo", LC_ALL: "C.UTF-8", PIP_FIND_LINKS: undefined });

      expect(await sha256(there)).toBe(await sha256(here));
    });

    test("changed settings are packed without building a wheel", async () => {
      const here = join(temp, "main/first copy");
      await writeFile(join(here, "settings.json"), settings("second"));
      expect(asked(here, "Makefile")).toBe(1);

      expect(make(here, "Makefile")).not.toContain("pip");

      expect(inZip(here, "settings.json")).toBe(settings("second"));
      expect(asked(here, "Makefile")).toBe(0);
    });

    test("without settings.json make says who writes it, before it builds anything", async () => {
      const here = await copy("main/no-settings");
      await rm(join(here, "settings.json"));
      expect(() => make(here, "Makefile")).toThrow(
        "settings.json is missing: touchdown apply writes it",
      );
      expect(asked(here, "Makefile")).toBe(1);
    });

    test("the basic Makefile looks at settings, and at an edit only after make clean", async () => {
      const here = await copy("basic/project");
      make(here, "Makefile.basic", { PIP_FIND_LINKS: undefined });
      expect(asked(here, "Makefile.basic")).toBe(0);
      await appendFile(join(here, "mymodule.py"), "# edited\n");
      expect(asked(here, "Makefile.basic")).toBe(0);
      await writeFile(join(here, "settings.json"), settings("second"));
      expect(make(here, "Makefile.basic")).not.toContain("pip");
      expect(answer(here, {})).toMatchObject({ AWS_SQS_URL: "second" });

      run(here, ["make", "-f", "Makefile.basic", "clean"]);
      expect(asked(here, "Makefile.basic")).toBe(1);
      make(here, "Makefile.basic");

      expect(inZip(here, "mymodule.py")).toContain("# edited");
      expect(asked(here, "Makefile.basic")).toBe(0);
    });

    describe("the Makefile that copies the project", () => {
      test("packs edits and removals without pip", async () => {
        const here = await copy("copy/a b");
        await writeFile(join(here, "myproject/removed.py"), "");
        make(here, "Makefile.copy");
        expect(asked(here, "Makefile.copy")).toBe(0);
        expect(answer(here, {})).toMatchObject({ AWS_SQS_URL: "first", greeting: "Hello, world" });

        await rm(join(here, "myproject/removed.py"));
        expect(asked(here, "Makefile.copy")).toBe(1);
        await appendFile(join(here, "mymodule.py"), "# edited\n");
        await writeFile(join(here, "settings.json"), settings("second"));
        expect(make(here, "Makefile.copy")).not.toContain("pip");

        expect(names(here)).not.toContain("myproject/removed.py");
        expect(inZip(here, "mymodule.py")).toContain("# edited");
        expect(inZip(here, "settings.json")).toBe(settings("second"));
        expect(asked(here, "Makefile.copy")).toBe(0);
      });

      test("gives two copies the same sha256, and would not without its fixed date", async () => {
        const [here, there] = [await copy("copy/here"), await copy("copy/there")];
        make(here, "Makefile.copy");
        make(there, "Makefile.copy", { TZ: "Asia/Tokyo" });
        expect(await sha256(there)).toBe(await sha256(here));

        for (const folder of [here, there]) {
          const makefile = join(folder, "Makefile.copy");
          const lines = (await readFile(makefile, "utf8")).split("\n");
          const dateless = lines.filter((line) => !line.includes("touch -t $(build_date)"));
          expect(dateless).toHaveLength(lines.length - 1);
          await writeFile(makefile, dateless.join("\n"));
          make(folder, "Makefile.copy");
          // A zip's clock ticks every two seconds.
          await setTimeout(2100);
        }
        expect(await sha256(there)).not.toBe(await sha256(here));
      });
    });
  },
);
