/** What the engine itself costs, from declaration to plan, with nobody to ask: against an empty Node. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { build } from "esbuild";
import { esModule } from "../scripts/bundle.mjs";
import { fastest, printRatios } from "./support/fastest.ts";

const folder = mkdtempSync(join(tmpdir(), "touchdown-bench-"));
try {
  await build({
    ...esModule,
    entryPoints: [resolve(import.meta.dirname, "support/engine-child.ts")],
    outdir: folder,
  });
  const empty = join(folder, "empty.cjs");
  writeFileSync(empty, "");
  const child = join(folder, "engine-child.mjs");
  const contenders = [
    { name: "node, empty", words: [empty] },
    ...[1, 300, 3_000, 10_000].map((count) => ({
      name: `${count.toLocaleString("en")} resources, unchanged`,
      words: [child, String(count)],
    })),
  ];
  printRatios(contenders, fastest(contenders, { rounds: 9 }));
} finally {
  rmSync(folder, { recursive: true });
}
