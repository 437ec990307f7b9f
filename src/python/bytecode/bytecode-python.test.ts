import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { findBytecodePython } from "./bytecode-python.ts";
import type { PythonRuntime } from "../wheel/targets.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "touchdown-bytecode-"));
});
afterEach(() => rm(folder, { recursive: true }));

test("BYTECODE_PYTHON--none-of-that-version", async () => {
  const bin = join(folder, "bin");
  await mkdir(bin);
  const python3 = join(bin, "python3");
  await symlink("/bin/false", python3);
  const target = { runtime: "python3.99" as PythonRuntime, architecture: "arm64" } as const;
  await expect(findBytecodePython(target, { environment: { PATH: bin } })).rejects.toMatchObject({
    code: "BYTECODE_PYTHON",
    message: "bytecode for python3.99 needs a CPython 3.99, and this machine has none",
    hint: `install one, for example with: uv python install 3.99; or leave bytecode out\n${python3} does not run`,
  });
});

test("BYTECODE_PYTHON--of-between-two-releases", async () => {
  const bin = join(folder, "bin");
  await mkdir(bin);
  const program = join(bin, "python3.99");
  await writeFile(program, "#!/bin/sh\nprintf '3.99.1+\\ncpython\\n0\\n/a\\n'\n");
  await chmod(program, 0o755);
  const target = { runtime: "python3.99" as PythonRuntime, architecture: "arm64" } as const;
  await expect(findBytecodePython(target, { environment: { PATH: bin } })).rejects.toMatchObject({
    code: "BYTECODE_PYTHON",
    hint: expect.stringMatching(/is Python 3\.99\.1\+, of between two releases$/),
  });
});
