// @ts-check
/** The physical limit: read files, write them as one, hash what was written. Prints milliseconds. */
import { createHash } from "node:crypto";
import { closeSync, openSync, readSync, rmSync, writeSync } from "node:fs";

const [output = "", ...inputs] = process.argv.slice(2);
const buffer = Buffer.allocUnsafe(4 * 1024 * 1024);
const start = performance.now();
const hash = createHash("sha256");
const out = openSync(output, "w");
for (const input of inputs) {
  const file = openSync(input, "r");
  for (let read = readSync(file, buffer); read > 0; read = readSync(file, buffer)) {
    const piece = buffer.subarray(0, read);
    hash.update(piece);
    writeSync(out, piece);
  }
  closeSync(file);
}
closeSync(out);
hash.digest("hex");
console.log(performance.now() - start);
rmSync(output);
