import { lstat, mkdtemp, readFile, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { inflateRawSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { cacheFolder } from "../../src/host/dirs.ts";
import { sha256File } from "../../src/host/files.ts";
import { run } from "../../src/host/run.ts";
import { bestWheel } from "../../src/python/wheel/choose-wheel.ts";
import { tagsOf } from "../../src/python/wheel/tags.ts";
import { architectures, pythonRuntimes, type Target } from "../../src/python/wheel/targets.ts";
import { wheelContentsOf, type WheelEntry } from "../../src/python/wheel/wheel-contents.ts";
import { parseWheelName } from "../../src/python/wheel/wheel-name.ts";
import { openStore } from "../../src/store/store.ts";
import { oraclePython } from "../support/oracle-python.ts";

/** Pure and not, with scripts (jmespath), headers (greenlet), data (jupyterlab-widgets), programs (ruff), `.pth` (setuptools). */
const wellKnown = [
  "aiohttp",
  "attrs",
  "boto3",
  "botocore",
  "certifi",
  "cffi",
  "click",
  "cryptography",
  "flask",
  "greenlet",
  "grpcio",
  "jinja2",
  "jmespath",
  "jupyterlab-widgets",
  "lxml",
  "markupsafe",
  "numpy",
  "orjson",
  "pandas",
  "pillow",
  "protobuf",
  "psycopg2-binary",
  "pydantic-core",
  "python-dateutil",
  "pytz",
  "pyyaml",
  "requests",
  "ruff",
  "setuptools",
  "six",
  "sqlalchemy",
  "typing-extensions",
  "urllib3",
  "zope-interface",
];

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "touchdown-trees-"));
});
afterAll(() => rm(folder, { recursive: true }));

describe("in the zip is what pip install --target puts in the folder", () => {
  for (const runtime of pythonRuntimes) {
    for (const architecture of architectures) {
      test(`${runtime} ${architecture}`, async ({ annotate }) => {
        const target = { runtime, architecture };
        const wheels = await download(target);
        expect(wheels.length).toBeGreaterThanOrEqual(20);
        for (const name of wheels.map((path) => basename(path))) {
          expect(bestWheel([{ name }], target)?.name).toBe(name);
        }
        const theirs = await installed(wheels, target);
        const ours = await contents(wheels);
        const paths = [...new Set([...theirs.keys(), ...ours.keys()])].toSorted();
        const differing = paths.filter((path) => theirs.get(path) !== ours.get(path));
        expect(differing.map((path) => [path, theirs.get(path), ours.get(path)])).toEqual([]);
        await annotate(`${wheels.length} wheels, ${ours.size} files`);
      });
    }
  }
});

async function pip(...words: readonly string[]): Promise<{ exitCode: number; stderr: string }> {
  const quiet = ["--quiet", "--disable-pip-version-check", "--no-input"];
  return run([await oraclePython(), "-m", "pip", ...words, ...quiet], { cwd: folder });
}

/** As pip is asked for a machine that is not this one. */
function targetWords(target: Target): readonly string[] {
  const platforms = new Set(tagsOf(target).flatMap((tag) => tag.split("-").slice(2)));
  platforms.delete("any");
  return [
    "--only-binary",
    ":all:",
    "--no-deps",
    "--implementation",
    "cp",
    "--python-version",
    target.runtime.slice("python".length),
    ...[...platforms].flatMap((platform) => ["--platform", platform]),
  ];
}

/** The newest wheel of each that there is for the target. */
async function download(target: Target): Promise<readonly string[]> {
  const place = join(
    await cacheFolder(),
    "test-oracles-wheels",
    target.runtime,
    target.architecture,
  );
  const there = (await readdir(place).catch(() => [])).map((name) => parseWheelName(name).name);
  const missing = wellKnown.filter((name) => !there.includes(name));
  const words = ["download", ...targetWords(target), "--dest", place];
  const all = missing.length === 0 ? undefined : await pip(...words, ...missing);
  if (all?.exitCode) for (const name of missing) await pip(...words, name);
  return (await readdir(place)).map((name) => join(place, name));
}

/** By path: mode and contents, without what installers note of this machine. */
async function installed(
  wheels: readonly string[],
  target: Target,
): Promise<ReadonlyMap<string, string>> {
  const into = join(folder, `${target.runtime}-${target.architecture}`);
  const words = ["install", ...targetWords(target), "--no-index", "--no-compile"];
  const { exitCode, stderr } = await pip(...words, "--target", into, ...wheels);
  expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 });
  const found = new Map<string, string>();
  for (const path of await filesBelow(into)) {
    if (isNote(path) || path.startsWith("include/")) continue;
    const bytes = await readFile(join(into, path));
    const executable = ((await lstat(join(into, path))).mode & 0o111) !== 0;
    found.set(path, description(path, executable, bytes));
  }
  await rm(into, { recursive: true });
  return found;
}

async function contents(wheels: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const store = await openStore(join(folder, "store"));
  const found = new Map<string, string>();
  for (const path of wheels) {
    const sha256 = (await sha256File(path)) ?? "";
    const { entries } = await wheelContentsOf(store, { name: basename(path), path, sha256 });
    const wheel = await readFile(path);
    for (const entry of entries) {
      const bytes = unpacked(wheel, entry);
      const text = description(entry.path, entry.mode === 0o755, bytes);
      const before = found.get(entry.path) ?? text;
      expect([entry.path, before]).toEqual([entry.path, text]);
      found.set(entry.path, text);
    }
  }
  return found;
}

function unpacked(wheel: Buffer, entry: WheelEntry): Buffer {
  const { dataOffset, compressedSize, bytes, method } = entry;
  const held = bytes === undefined ? undefined : Buffer.from(bytes, "base64");
  const compressed = held ?? wheel.subarray(dataOffset, dataOffset + compressedSize);
  return method === 0 ? compressed : inflateRawSync(compressed);
}

function description(path: string, executable: boolean, bytes: Buffer): string {
  const mode = executable ? "755" : "644";
  // pip's RECORD has the notes too, and the scripts where they are outside of the folder
  if (path.endsWith(".dist-info/RECORD")) return "RECORD";
  const text = bytes.toString("latin1");
  // a script of pip's names this machine's Python
  if (path.startsWith("bin/") && text.startsWith("#!")) return mode;
  return `${mode} ${text.length > 100 ? sum(text) : text}`;
}

/** Short enough to be shown, and telling enough beside the length. */
function sum(text: string): string {
  let hash = 0;
  for (let at = 0; at < text.length; at++) hash = (Math.imul(hash, 31) + text.charCodeAt(at)) | 0;
  return `${text.length} bytes ${hash}`;
}

function isNote(path: string): boolean {
  return /^[^/]+\.dist-info\/(?:INSTALLER|REQUESTED|direct_url\.json)$/u.test(path);
}

async function filesBelow(root: string): Promise<readonly string[]> {
  const all = await readdir(root, { recursive: true, withFileTypes: true });
  return all
    .filter((each) => !each.isDirectory())
    .map((each) => join(each.parentPath, each.name).slice(root.length + 1));
}
