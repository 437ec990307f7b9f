// @ts-check
/**
 * Build dist: the command (touchdown.cjs), which loads help.cjs, or core.cjs and, for AWS, clients.cjs; the library
 * (index.js), an ES module in front of the same; the types, and the licences of what is inside. `--if-stale` does
 * nothing when dist was made from the same files.
 */
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { chmod, mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { bundleInto } from "./bundle.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
process.chdir(root);

const key = sourceKey();
if (process.argv.includes("--if-stale") && recordedKey() === key) process.exit(0);

// dist is whole or absent: made beside its place, then moved there.
const out = `dist.${process.pid}`;
try {
  await mkdir(out);
  const inputs = await bundleInto(resolve(out));
  await makeExecutable(join(out, "touchdown.cjs"));
  await writeFile(join(out, "licenses.txt"), licensesOf(inputs));
  const tsc = join("node_modules", "typescript", "bin", "tsc");
  const types = [tsc, "-p", "tsconfig.build.json", "--outDir", `${out}/types`];
  if (spawnSync(process.execPath, types, { stdio: "inherit" }).status !== 0) {
    throw new Error("the types do not build");
  }
  closeTypes(`${out}/types`);
  await writeFile(join(out, "built-from"), key);
  rmSync("dist", { recursive: true, force: true });
  await rename(out, "dist");
} catch (error) {
  console.error(`build: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
} finally {
  rmSync(out, { recursive: true, force: true });
}

/**
 * AWS's clients are bundled, so their types are not installed where ours are read. Nothing a user
 * touches has them; inside, they become `unknown`.
 *
 * @param {string} folder
 */
function closeTypes(folder) {
  for (const file of readdirSync(folder, { recursive: true, encoding: "utf8" })) {
    if (!file.endsWith(".d.ts")) continue;
    const path = join(folder, file);
    const text = readFileSync(path, "utf8");
    const closed = text.replace(
      /^import type \{([^}]*)\} from "@(?:aws-sdk|smithy)\/[^"]*";$/gm,
      (_, names) => names.split(",").map(unknownType).join(" "),
    );
    if (closed !== text) writeFileSync(path, closed);
  }
}

/** @param {string} name  as imported: `Lambda` or `Tag as SqsTag` */
function unknownType(name) {
  return `type ${name.trim().split(" as ").at(-1)} = unknown;`;
}

/** @param {string} path */
async function makeExecutable(path) {
  const text = await readFile(path, "utf8");
  if (!text.startsWith("#!")) await writeFile(path, `#!/usr/bin/env node\n${text}`);
  await chmod(path, 0o755);
}

/** @param {string[]} inputs  paths of bundled files */
function licensesOf(inputs) {
  const folders = new Set(inputs.map(packageFolder).filter((folder) => folder !== undefined));
  const texts = [...folders].sort().map((folder) => {
    const { name, version, license } = JSON.parse(readFileSync(`${folder}/package.json`, "utf8"));
    const file = readdirSync(folder).find((entry) => /^licen[sc]e/i.test(entry));
    const text = file === undefined ? "" : readFileSync(join(folder, file), "utf8").trim();
    return `${name} ${version} (${license})\n\n${text}\n`;
  });
  return texts.join(`\n${"-".repeat(80)}\n\n`);
}

/** @param {string} path */
function packageFolder(path) {
  return /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path)?.[0];
}

function sourceKey() {
  const hash = createHash("sha256").update(process.version);
  for (const path of inputFiles()) {
    const bytes = readFileSync(path);
    hash.update(`${path}\0${bytes.length}\0`).update(bytes);
  }
  return hash.digest("hex");
}

function inputFiles() {
  const sources = readdirSync("src", { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.name.endsWith(".test.ts"))
    .map((entry) => join(entry.parentPath, entry.name));
  const settings = ["package.json", "package-lock.json", "tsconfig.json", "tsconfig.build.json"];
  const scripts = ["build", "bundle", "lazy-modules"].map((name) => `scripts/${name}.mjs`);
  return [...sources, ...settings, ...scripts].sort();
}

function recordedKey() {
  try {
    return readFileSync("dist/built-from", "utf8");
  } catch {
    return undefined;
  }
}
