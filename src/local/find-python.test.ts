import { chmod, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { findPython } from "./find-python.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "touchdown-python-"));
});
afterEach(() => rm(folder, { recursive: true }));

/** A program that answers as a Python of that version would, where `exitCode` 1 means that it lacks venv. */
async function fakePython(path: string, version: string, exitCode = 0): Promise<void> {
  const file = join(folder, path);
  await mkdir(join(file, ".."), { recursive: true });
  await writeFile(file, `#!/bin/sh\necho '${version} /real/python${version}'\nexit ${exitCode}\n`);
  await chmod(file, 0o755);
}

const inFolders = (...names: string[]) => ({
  PATH: names.map((name) => join(folder, name)).join(delimiter),
});

describe("the Python that AWS on this machine runs with", () => {
  test("is the first on the PATH that is new enough, by its name before its place", async () => {
    await fakePython("a/python3", "3.9");
    await fakePython("a/python3.11", "3.11");
    await fakePython("b/python3.13", "3.13");
    const found = await findPython(inFolders("a", "b"));
    expect(found).toEqual({
      program: join(folder, "b/python3.13"),
      version: "3.13",
      executable: "/real/python3.13",
    });
  });

  test("is never a shim that leads nowhere: the same name further on is tried", async () => {
    await mkdir(join(folder, "shims"));
    await writeFile(
      join(folder, "shims/python3.12"),
      "#!/bin/sh\necho 'command not found' >&2\nexit 127\n",
    );
    await chmod(join(folder, "shims/python3.12"), 0o755);
    await fakePython("real/python3.12", "3.12");
    const found = await findPython(inFolders("shims", "real"));
    expect(found.program).toBe(join(folder, "real/python3.12"));
  });

  test("may be named by TOUCHDOWN_PYTHON", async () => {
    await fakePython("a/python3.13", "3.13");
    await fakePython("other/py", "3.10");
    const asked = { ...inFolders("a"), TOUCHDOWN_PYTHON: join(folder, "other/py") };
    expect((await findPython(asked)).version).toBe("3.10");
  });

  test("is asked for where there is none at all", async () => {
    await expect(findPython({ PATH: folder })).rejects.toMatchObject({
      code: "LOCAL_PYTHON_MISSING",
      message: "AWS on this machine needs Python 3.10 or newer, and there is none on the PATH",
      hint: "install one, or set TOUCHDOWN_PYTHON to one",
    });
  });

  test("is asked for where those there are too old or lack venv, and each is named", async () => {
    await fakePython("a/python3.11", "3.11", 1);
    await fakePython("a/python3", "3.9");
    await expect(findPython(inFolders("a"))).rejects.toMatchObject({
      code: "LOCAL_PYTHON_MISSING",
      message: "AWS on this machine needs Python 3.10 or newer, and none on the PATH will do",
      hint: [
        "install one, or set TOUCHDOWN_PYTHON to one",
        `${join(folder, "a/python3.11")} lacks venv or ensurepip (Debian, Ubuntu: apt install python3-venv)`,
        `${join(folder, "a/python3")} is Python 3.9`,
      ].join("\n"),
    });
  });

  test("named by TOUCHDOWN_PYTHON, is not silently replaced by another", async () => {
    await fakePython("a/python3.13", "3.13");
    const missing = join(folder, "missing");
    await expect(
      findPython({ ...inFolders("a"), TOUCHDOWN_PYTHON: missing }),
    ).rejects.toMatchObject({
      code: "LOCAL_PYTHON_MISSING",
      message: `TOUCHDOWN_PYTHON is ${missing}, which does not run`,
    });
  });
});
