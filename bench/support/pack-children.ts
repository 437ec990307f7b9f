/** The processes that `pack.bench.ts` times: `node pack-children.mjs WHAT …`. Each removes what it wrote. */
import { createHash } from "node:crypto";
import {
  closeSync,
  openSync,
  readFileSync,
  readSync,
  unlinkSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { dirname, join } from "node:path";
import type { OwnEntry, PackBase, PackEntry } from "../../src/python/pack.ts";
import { pack, repack } from "../../src/python/pack.ts";

const [, , what = "", input = "", zip = ""] = process.argv;
const source = join(dirname(input), "app.py");

/** The least that must be done: read the bytes, hash them, write them, in blocks. */
function limit(files: readonly string[], times: number): void {
  for (let time = 0; time < times; time++) {
    const hash = createHash("sha256");
    const block = Buffer.allocUnsafeSlow(1024 * 1024);
    const out = openSync(`${zip}.${process.pid}`, "w");
    for (const path of files) {
      const file = openSync(path, "r");
      for (let count = 1; count > 0;) {
        count = readSync(file, block);
        hash.update(block.subarray(0, count));
        writeSync(out, block, 0, count);
      }
      closeSync(file);
    }
    hash.digest();
    closeSync(out);
    unlinkSync(`${zip}.${process.pid}`);
  }
}

function own(path: string, text = readFileSync(source)): OwnEntry {
  const sha256 = createHash("sha256").update(text).digest("hex");
  return { path, mode: 0o644, from: "file", file: source, size: text.length, sha256 };
}

const json = (path: string): unknown => JSON.parse(readFileSync(path, "utf8"));

switch (what) {
  case "limit":
    limit(json(input) as string[], 1);
    break;
  case "limit-300":
    limit(json(input) as string[], 300);
    break;
  case "base": {
    const { index } = await pack([own("app.py"), ...(json(input) as PackEntry[])], zip);
    writeFileSync(`${zip}.json`, JSON.stringify({ path: zip, index }));
    break;
  }
  case "repack": {
    const out = `${zip}.${process.pid}`;
    const base = json(`${zip}.json`) as PackBase;
    const packed = await repack([own("app.py")], out, { base });
    if (packed === undefined) throw new Error("the base was refused");
    unlinkSync(out);
    break;
  }
  case "pack": {
    const out = `${zip}.${process.pid}`;
    await pack([own("app.py"), ...(json(input) as PackEntry[])], out);
    unlinkSync(out);
    break;
  }
  case "pack-300": {
    const wheels = json(input) as PackEntry[];
    const out = `${zip}.${process.pid}`;
    for (let number = 0; number < 300; number++) {
      await pack([own(`app${number}.py`), ...wheels], out);
      unlinkSync(out);
    }
    break;
  }
  default:
    throw new Error(`unknown: ${what}`);
}
