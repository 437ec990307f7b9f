/** How long touchdown takes to start, against a Node that does nothing. Goals: --help 1.3 ×, three clients 2 ×. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { build } from "esbuild";
import { bundle } from "../scripts/bundle.mjs";
import { fastest, printRatios } from "./support/fastest.ts";

const root = resolve(import.meta.dirname, "..");
const clients = ["lambda", "iam", "sqs"].map((name) => `@aws-sdk/client-${name}`);

const folder = await mkdtemp(join(tmpdir(), "touchdown-bench-"));
try {
  await writeFile(join(folder, "empty.mjs"), "");
  // In the clone, so that node_modules is found from it.
  const imports = clients.map((name, n) => `export * as client${n} from "${name}";`);
  await writeFile(join(root, "bench", ".clients.mjs"), imports.join("\n"));
  await build({
    ...bundle,
    entryPoints: [join(root, "bench", ".clients.mjs")],
    outdir: join(folder, "bundled"),
    outExtension: { ".js": ".mjs" },
  });
  const contenders = [
    { name: "node, empty", words: [join(folder, "empty.mjs")] },
    { name: "touchdown --help", words: [join(root, "dist/touchdown.js"), "--help"] },
    { name: "three AWS clients, bundled", words: [join(folder, "bundled/.clients.mjs")] },
    { name: "three AWS clients, node_modules", words: [join(root, "bench/.clients.mjs")] },
  ];
  printRatios(contenders, fastest(contenders, { rounds: 15 }));
} finally {
  await rm(folder, { recursive: true });
  await rm(join(root, "bench", ".clients.mjs"), { force: true });
}
