import { createHash } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { temporaryFolder } from "../../src/host/dirs.ts";
import { run } from "../../src/host/run.ts";
import { readCentralDirectory } from "../../src/zip/read.ts";
import { readEntry } from "../../src/zip/read-entry.ts";
import { makeSdist } from "../support/make-sdist.ts";
import { makeWheel } from "../support/make-wheel.ts";
import { missingTools } from "../support/missing-tools.ts";

const files = {
  "my_pkg/__init__.py": "x = 1\n".repeat(100),
  "my_pkg/データ,.bin": new Uint8Array([0, 1, 2]),
};
const options = { name: "My.Pkg", version: "2.0", tag: "py2.py3-none-any", requires: ["six>=1"] };

async function read(bytes: Uint8Array): Promise<Map<string, Buffer>> {
  const entries = await readCentralDirectory(bytes);
  const read = entries.map(
    async (entry) => [entry.path, Buffer.from(await readEntry(bytes, entry))] as const,
  );
  return new Map(await Promise.all(read));
}

test("a wheel that is made is the same each time, and its RECORD is right", async () => {
  const wheel = makeWheel(files, options);
  expect(wheel).toEqual(makeWheel(files, options));
  expect(wheel.name).toBe("my_pkg-2.0-py2.py3-none-any.whl");
  expect(wheel.metadata).toContain("Name: My.Pkg\nVersion: 2.0\nRequires-Dist: six>=1\n");
  const contents = await read(wheel.bytes);
  const record = contents.get("my_pkg-2.0.dist-info/RECORD")?.toString() ?? "";
  const lines = [...contents].map(([path, bytes]) => {
    const field = path.includes(",") ? `"${path}"` : path;
    if (path.endsWith("RECORD")) return `${field},,`;
    const digest = createHash("sha256").update(bytes).digest("base64url");
    return `${field},sha256=${digest},${bytes.length}`;
  });
  expect(record.trimEnd().split("\n")).toEqual(lines);
  expect(contents.get("my_pkg-2.0.dist-info/WHEEL")?.toString()).toMatch(
    /Root-Is-Purelib: true\nTag: py2-none-any\nTag: py3-none-any\n$/,
  );
});

test("an honest zip64 wheel reads as the same", async () => {
  const plain = await read(makeWheel(files, options).bytes);
  const editEntries = (entries: object[]) => entries.map((entry) => ({ ...entry, zip64: true }));
  const zip64 = makeWheel(files, { ...options, zip64: true, editEntries: editEntries as never });
  expect(await read(zip64.bytes)).toEqual(plain);
});

test("a wheel can be broken as asked", async () => {
  const at = makeWheel(files, {
    ...options,
    editEntries: ([first, ...rest]) => [{ ...first!, crc32: 1 }, ...rest],
  });
  await expect(read(at.bytes)).rejects.toMatchObject({ code: "ZIP_CRC" });
  const without = makeWheel(files, { ...options, editRecord: () => undefined });
  expect([...(await read(without.bytes)).keys()].join()).not.toContain("RECORD");
  const cut = makeWheel(files, { ...options, editBytes: (bytes) => bytes.subarray(0, 300) });
  await expect(read(cut.bytes)).rejects.toMatchObject({ code: "ZIP_TRUNCATED" });
  const out = makeWheel({ "../evil.py": "" }, options);
  await expect(read(out.bytes)).rejects.toMatchObject({ code: "ZIP_PATH" });
});

test("pip installs the wheel, and Python unpacks the sdist", async (context) => {
  const missing = missingTools([["python3", "-m", "pip", "--version"]]);
  if (missing.length > 0) context.skip(`needs ${missing.join(", ")}`);
  await temporaryFolder("touchdown-made", async (cwd) => {
    const wheel = makeWheel(files, { ...options, entryPoints: "[console_scripts]\nmine = os:x\n" });
    const sdist = makeSdist({ "setup.py": "hello" }, { name: "sd", version: "3" });
    await writeFile(join(cwd, wheel.name), wheel.bytes);
    await writeFile(join(cwd, sdist.name), sdist.bytes);
    const pip = ["python3", "-m", "pip", "--disable-pip-version-check", "--no-cache-dir"];
    const install = [...pip, "install", "--no-index", "--no-deps", "--target", "to", wheel.name];
    expect(await run(install, { cwd })).toMatchObject({ exitCode: 0 });
    expect((await run(["ls", "to", "to/my_pkg"], { cwd })).stdout).toContain("データ,.bin");
    const unpack = `import tarfile; t = tarfile.open("${sdist.name}"); print(t.getnames(), t.extractfile("sd-3/setup.py").read())`;
    expect((await run(["python3", "-c", unpack], { cwd })).stdout).toBe(
      "['sd-3/PKG-INFO', 'sd-3/setup.py'] b'hello'\n",
    );
  });
});
