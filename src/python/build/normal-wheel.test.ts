import { describe, expect, test } from "vitest";
import { makeWheel } from "../../../test/support/make-wheel.ts";
import { readEntry } from "../../zip/read-entry.ts";
import { readCentralDirectory } from "../../zip/read.ts";
import { normalWheel, replaceInWheel } from "./normal-wheel.ts";

const files = { "pkg/a.py": "a = 1\n", "pkg/b, c.py": "b = 1\n", "pkg/run.sh": "#!/bin/sh\n" };
const made = (options = {}) =>
  makeWheel(files, { name: "pkg", modes: { "pkg/run.sh": 0o700, "pkg/a.py": 0o664 }, ...options });

async function textOf(wheel: Uint8Array, path: string): Promise<string> {
  const entry = (await readCentralDirectory(wheel)).find((one) => one.path === path);
  return Buffer.from(await readEntry(wheel, entry!)).toString("utf8");
}

describe("a wheel that was built here", () => {
  test("becomes the same however it was compressed and recorded, with modes 0644 and 0755", async () => {
    const wheel = made();
    const normal = await normalWheel(Buffer.from(wheel.bytes), wheel.name);
    const stored = made({ stored: true, editRecord: () => "pkg/gone.py,sha256=x,1\n" });
    expect((await normalWheel(Buffer.from(stored.bytes), stored.name)).sha256).toBe(normal.sha256);
    const modes = (await readCentralDirectory(normal.bytes)).map(({ path, mode }) => [path, mode]);
    expect(Object.fromEntries(modes)).toMatchObject({
      "pkg/a.py": 0o644,
      "pkg/run.sh": 0o755,
      "pkg-1.0.dist-info/RECORD": 0o644,
    });
    const record = await textOf(normal.bytes, "pkg-1.0.dist-info/RECORD");
    expect(record).toContain('"pkg/b, c.py",sha256=');
    expect(record.endsWith("pkg-1.0.dist-info/RECORD,,\n")).toBe(true);
    expect(record).not.toContain("gone");
  });

  test("with some bytes replaced is what it would be if built with them", async () => {
    const wheel = made();
    const normal = await normalWheel(Buffer.from(wheel.bytes), wheel.name);
    const changed = new Map([
      ["pkg/b, c.py", Buffer.from("b = 2\n".repeat(50))],
      ["pkg/run.sh", Buffer.from("#!/bin/sh\necho\n")],
    ]);
    const replaced = await replaceInWheel(normal.bytes, wheel.name, changed);
    const texts = [...changed].map(([path, bytes]) => [path, bytes.toString()]);
    const other = makeWheel(
      { ...files, ...Object.fromEntries(texts) },
      { name: "pkg", modes: { "pkg/run.sh": 0o755 } },
    );
    const built = await normalWheel(Buffer.from(other.bytes), other.name);
    expect(replaced.sha256).toBe(built.sha256);
  });

  test("without a RECORD is refused", async () => {
    const { bytes, name } = made({ editRecord: () => undefined });
    await expect(normalWheel(Buffer.from(bytes), name)).rejects.toMatchObject({
      code: "BUILD_FAILED",
      message: "the wheel pkg-1.0-py3-none-any.whl that was built is none: it has no RECORD",
    });
  });
});
