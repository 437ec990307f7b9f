import { execFileSync } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { makeWheel } from "../../../test/support/make-wheel.ts";
import {
  pathsOf,
  unpacked,
  wheelWorld,
  type WheelWorld,
} from "../../../test/support/wheel-world.ts";
import { learnWheel } from "./learn-wheel.ts";

let world: WheelWorld;
beforeEach(async () => {
  world = await wheelWorld();
});
afterEach(() => world.remove());

const info = "a-1.0.dist-info";

describe("the wheel's own places", () => {
  const data = "a-1.0.data";

  test("purelib, platlib and data at the root, scripts in bin, headers nowhere", async () => {
    const file = await world.put(
      makeWheel(
        {
          "a/__init__.py": "",
          [`${data}/purelib/a/pure.py`]: "1",
          [`${data}/platlib/a/plat.py`]: "2",
          [`${data}/data/share/a/x.txt`]: "3",
          [`${data}/data/lib/liba.txt`]: "4",
          [`${data}/headers/a.h`]: "5",
          [`${data}/scripts/run`]: "#!python -s\nimport a\n",
          [`${data}/scripts/run.sh`]: "#!/bin/sh\necho\n",
        },
        { name: "a" },
      ),
    );
    const contents = await learnWheel(file);
    expect(pathsOf(contents)).toEqual([
      `${info}/METADATA`,
      `${info}/RECORD`,
      `${info}/WHEEL`,
      "a/__init__.py",
      "a/plat.py",
      "a/pure.py",
      "bin/run",
      "bin/run.sh",
      "lib/liba.txt",
      "share/a/x.txt",
    ]);
    const texts = await unpacked(file, contents);
    expect(texts.get("bin/run")).toBe("#!/usr/bin/env python3\nimport a\n");
    expect(texts.get("bin/run.sh")).toBe("#!/bin/sh\necho\n");
    const executable = contents.entries.filter(({ mode }) => mode === 0o755);
    expect(executable.map(({ path }) => path)).toEqual(["bin/run", "bin/run.sh"]);
  });

  test("RECORD is then of what is in the zip, else it stays as it is", async () => {
    const plain = makeWheel({ "a.py": "1" }, { name: "a" });
    const plainFile = await world.put(plain);
    const kept = await unpacked(plainFile, await learnWheel(plainFile));
    expect(kept.get(`${info}/RECORD`)).toMatch(/^a\.py,sha256=[\w-]{43},1\n/u);
    expect(kept.get(`${info}/RECORD`)).toMatch(/RECORD,,\n$/u);

    const moved = await world.put(
      makeWheel(
        { [`${data}/purelib/a.py`]: "1", [`${data}/headers/a.h`]: "2" },
        { name: "b", version: "1.0", entryPoints: "[console_scripts]\nb=a:c\n" },
      ),
    );
    const contents = await learnWheel(moved);
    const record = (await unpacked(moved, contents)).get("b-1.0.dist-info/RECORD") ?? "";
    expect(record.split("\n").map((line) => line.split(",")[0])).toEqual([
      "a.py",
      "b-1.0.dist-info/METADATA",
      "b-1.0.dist-info/WHEEL",
      "b-1.0.dist-info/entry_points.txt",
      "bin/b",
      "b-1.0.dist-info/RECORD",
      "",
    ]);
    for (const { path, sha256, size } of contents.entries) {
      expect(path.endsWith("RECORD") || record.includes(`${path},sha256=${sha256},${size}\n`)).toBe(
        true,
      );
    }
  });

  test("what an installer noted, and signatures that no longer hold, are left out", async () => {
    const notes = { INSTALLER: "pip\n", REQUESTED: "", "direct_url.json": "{}" };
    const unsigned = (record: string) => record.replace(/^.*RECORD\.jws.*\n/mu, "");
    const { contents: noted } = await world.learn(
      { "a.py": "" },
      { distInfo: { ...notes, "RECORD.jws": "{}" }, editRecord: unsigned },
    );
    expect(pathsOf(noted)).toEqual([`${info}/METADATA`, `${info}/RECORD`, `${info}/WHEEL`, "a.py"]);
    const { contents: signed } = await world.learn(
      { "a.py": "" },
      { distInfo: { "RECORD.jws": "{}" }, editRecord: unsigned },
    );
    expect(pathsOf(signed)).toContain(`${info}/RECORD.jws`);
  });

  test("a line of RECORD without a file is not taken over", async () => {
    const file = await world.put(
      makeWheel({ "a.py": "" }, { name: "a", editRecord: (text) => `gone.py,,\n${text}` }),
    );
    const texts = await unpacked(file, await learnWheel(file));
    expect(texts.get(`${info}/RECORD`)).not.toContain("gone.py");
  });
});

describe("scripts", () => {
  test("entry points become programs that run beside their modules", async () => {
    const entryPoints = [
      "[console_scripts]",
      "# not this",
      "hello = pkg.main:Main.run [extra]",
      "",
      "[other]",
      "no = pkg:no",
      "[gui_scripts]",
      "window=pkg.main:show",
      "",
    ].join("\n");
    const main =
      "class Main:\n  run = staticmethod(lambda: print('hello'))\ndef show(): return 3\n";
    const file = await world.put(
      makeWheel(
        {
          "pkg/__init__.py": "",
          "pkg/main.py": main,
          // the old way to ship the same command: the generated one counts
          "a-1.0.data/scripts/hello": "#!python\nraise SystemExit(9)\n",
          "a-1.0.data/scripts/window-script.py": "#!python\nraise SystemExit(9)\n",
        },
        { name: "a", entryPoints },
      ),
    );
    const contents = await learnWheel(file);
    const texts = await unpacked(file, contents);
    expect([...texts.keys()].filter((path) => path.startsWith("bin/"))).toEqual([
      "bin/hello",
      "bin/window",
    ]);
    expect(texts.get("bin/hello")).toMatch(/^#!\/usr\/bin\/env python3\n/u);
    const root = join(world.folder, "a root with spaces");
    for (const [path, text] of texts) {
      await mkdir(dirname(join(root, path)), { recursive: true });
      await writeFile(join(root, path), text);
    }
    expect(execFileSync("python3", [join(root, "bin/hello")], { encoding: "utf8" })).toBe(
      "hello\n",
    );
    expect(() => execFileSync("python3", [join(root, "bin/window")])).toThrow(
      expect.objectContaining({ status: 3 }),
    );
  });

  test("executable is what the wheel says is", async () => {
    const modes = { "x/run": 0o755, "x/group": 0o654, "x/odd": 0o600 };
    const { contents } = await world.learn({ "x/run": "", "x/group": "", "x/odd": "" }, { modes });
    const found = contents.entries.filter(({ path }) => path.startsWith("x/"));
    expect(found.map(({ path, mode }) => [path, mode])).toEqual([
      ["x/group", 0o755],
      ["x/odd", 0o644],
      ["x/run", 0o755],
    ]);
  });
});

test("path files that name folders are told from those that are only code", async () => {
  const { contents } = await world.learn({
    "code.pth": "import os; os.environ\n# a comment\n\n",
    "folders.pth": "import os\n/home/me/src\n",
    "model/weights.pth": "not a path file\n",
  });
  expect(contents.pathFiles).toEqual(["folders.pth"]);
});
