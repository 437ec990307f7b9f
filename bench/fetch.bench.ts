/**
 * Cold: what a lock names, with nothing in the store, from an index on loopback; against uv, which installs the same
 * from the same lock with a cold cache. Goal: faster.
 */
import { createHash } from "node:crypto";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join, resolve } from "node:path";
import { build } from "esbuild";
import { esModule } from "../scripts/bundle.mjs";
import { startPackageIndex, type PackageIndex } from "../test/support/package-index.ts";
import { uvForTests } from "../test/support/uv-for-tests.ts";
import { printRows, running, type Command } from "./support/measure.ts";
import { wheelSet, type SetName } from "./support/wheel-sets.ts";

const rounds = 5;
const uv = await uvForTests();
const folder = await mkdtemp(join(tmpdir(), "touchdown-bench-"));
const cache = join(folder, "cache");
const to = join(folder, "to");
const uvInstall = [
  uv?.program ?? "",
  ..."pip install --quiet --no-config --no-deps --python-version 3.11".split(" "),
  ..."--python-platform x86_64-manylinux_2_28 --target".split(" "),
  to,
  "--cache-dir",
  cache,
  "-r",
  join(folder, "pylock.toml"),
];
try {
  await build({
    ...esModule,
    entryPoints: [resolve(import.meta.dirname, "support/fetch-child.ts")],
    outdir: folder,
  });
  await writeFile(join(folder, "empty.mjs"), "");
  if (uv === undefined) console.log("skipped: needs uv");
  else for (const name of ["S", "M", "L"] as const) await cold(name);
} finally {
  await rm(folder, { recursive: true });
}

async function cold(name: SetName): Promise<void> {
  const index = await serve(name);
  try {
    const [empty, ours, theirs] = await fastest([
      { name: "node, empty", words: [process.execPath, join(folder, "empty.mjs")] },
      {
        name: "touchdown",
        words: [
          process.execPath,
          join(folder, "fetch-child.mjs"),
          join(folder, "files.json"),
          cache,
        ],
      },
      { name: "uv", words: uvInstall },
    ]);
    console.log(`${name}, cold, from loopback`);
    const row = (what: string, tookMs = Number.NaN, against = "") => ({
      what,
      value: `${tookMs.toFixed(0)} ms`,
      against,
    });
    const ratio = (ours ?? 0) / (theirs ?? Number.NaN);
    printRows([
      row("node, empty", empty),
      row("uv pip install --target", theirs),
      { ...row("fetch", ours, `${ratio.toFixed(2)} × uv`), goal: "< 1", met: ratio < 1 },
    ]);
  } finally {
    await index.stop();
  }
}

/** The fastest of each, with nothing cached or installed before. */
async function fastest(commands: readonly Command[]): Promise<number[]> {
  const best = commands.map(() => Number.POSITIVE_INFINITY);
  for (let round = 0; round < rounds; round += 1) {
    for (const [at, command] of commands.entries()) {
      for (const place of [cache, to]) await rm(place, { recursive: true, force: true });
      best[at] = Math.min(best[at] ?? 0, await running(command));
    }
  }
  return best;
}

/** An index with the set's wheels, and a lock of them in two forms: for uv, and as our own stages hand it on. */
async function serve(name: SetName): Promise<PackageIndex> {
  const files = await Promise.all(
    wheelSet(name).map(async (path) => {
      const bytes = await readFile(path);
      return {
        name: basename(path),
        bytes,
        sha256: createHash("sha256").update(bytes).digest("hex"),
      };
    }),
  );
  const index = await startPackageIndex(files);
  const locked = files.map(({ name: file, bytes, sha256 }) => ({
    name: file,
    sha256,
    size: bytes.length,
    url: index.fileUrl(file),
  }));
  await writeFile(join(folder, "files.json"), JSON.stringify(locked));
  const packages = locked.map(({ name: file, url, size, sha256 }) => {
    const [distribution, version] = file.split("-");
    const wheel = `{ name = "${file}", url = "${url}", size = ${size}, hashes = { sha256 = "${sha256}" } }`;
    return `[[packages]]\nname = "${distribution?.replaceAll("_", "-")}"\nversion = "${version}"\nwheels = [${wheel}]\n`;
  });
  const head = 'lock-version = "1.0"\ncreated-by = "bench"\nrequires-python = ">=3.11"\n';
  await writeFile(join(folder, "pylock.toml"), [head, ...packages].join("\n"));
  return index;
}
