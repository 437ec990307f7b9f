// @ts-check
/** The physical limit of many files: read each, write it to a file of its own, hash it. */
import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";

const [folder = "", ...inputs] = process.argv.slice(2);
for (const [number, input] of inputs.entries()) {
  const bytes = readFileSync(input);
  writeFileSync(`${folder}/${number}.zip`, bytes);
  createHash("sha256").update(bytes).digest("hex");
}
