import { readFile } from "node:fs/promises";
import { unzipSync } from "fflate";
import { expect, test } from "vitest";

const read = (name: string) => readFile(new URL(`../../examples/s3-file/${name}`, import.meta.url));

test("the S3 example's zip holds the source that lies beside it", async () => {
  const entries = unzipSync(await read("report.zip"));
  expect(Object.keys(entries)).toEqual(["report.py"]);
  expect(Buffer.from(entries["report.py"] ?? []).toString()).toBe(String(await read("report.py")));
});
