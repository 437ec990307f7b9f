// @ts-check
/**
 * Run the tests against a fresh build. The last line says how many passed, failed and were skipped;
 * a skipped test must say what it needs: `context.skip("needs dot")`, or "(needs dot)" in a title.
 * Arguments go to vitest: `npm test -- src/zip`.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

process.chdir(fileURLToPath(new URL("..", import.meta.url)));

const folder = mkdtempSync(join(tmpdir(), "touchdown-test-"));
const file = join(folder, "counts.json");
try {
  const built = node(["scripts/build.mjs", "--if-stale"]);
  const ran = built && node(vitest(process.argv.slice(2)), { TOUCHDOWN_TEST_COUNTS: file });
  process.exitCode = report(ran);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/**
 * What takes minutes (`full`) runs with `--full` too; the oracles, which need the network, only where they are named.
 *
 * @param {readonly string[]} words
 */
function vitest(words) {
  const reporters = ["--reporter=default", "--reporter=./scripts/count-reporter.mjs"];
  const full = words.includes("--full");
  const named = words.some((word) => word.startsWith("--project"));
  const usual = ["unit", "contract", "e2e", ...(full ? ["full"] : [])];
  const projects = named ? [] : usual.map((name) => `--project=${name}`);
  const rest = words.filter((word) => word !== "--full");
  return ["node_modules/vitest/vitest.mjs", "run", ...reporters, ...projects, ...rest];
}

/**
 * @param {readonly string[]} words
 * @param {Record<string, string>} [environment]
 * @returns whether it ended with exit code 0
 */
function node(words, environment) {
  const env = { ...process.env, ...environment };
  return spawnSync(process.execPath, words, { stdio: "inherit", env }).status === 0;
}

/**
 * @param {boolean} ran  whether everything before the counting went well
 * @returns the exit code
 */
function report(ran) {
  const { passed, failed, skipped } = counts();
  for (const name of skipped) console.log(`skipped: ${name}`);
  const unnamed = skipped.filter((name) => !/\(.*needs .*\)/.test(name));
  for (const name of unnamed) console.log(`failed: ${name}: skipped without saying what it needs`);
  let failures = failed + unnamed.length;
  if (!ran && failures === 0) failures = 1;
  const parts = [`${passed} passed`, `${failures} failed`];
  const named = skipped.length - unnamed.length;
  if (named > 0) parts.push(`${named} skipped`);
  console.log(parts.join(", "));
  return failures === 0 ? 0 : 1;
}

/** @returns {{ passed: number, failed: number, skipped: string[] }} */
function counts() {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch {
    return { passed: 0, failed: 1, skipped: [] };
  }
}
