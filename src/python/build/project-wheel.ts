import { readFile } from "node:fs/promises";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { TouchdownError } from "../../errors.ts";
import { systemReason } from "../../host/system-error.ts";
import { build, fitting, type BuildOptions } from "./build-wheel.ts";
import { buildKey, builtOnce, findBuilt, keepMade, type BuiltWheel } from "./built-wheels.ts";
import { learnSources, type LearnedSources } from "./learned-sources.ts";
import { lockedBackend } from "../locking/lock-backends.ts";
import { replaceInWheel } from "./normal-wheel.ts";
import { isPredictable } from "./predictable-build.ts";
import { buildRequiresOf, legacyBuildRequires } from "../projects/project-inputs.ts";
import { factsOf } from "../wheel/targets.ts";
import { parseDocument, isTable, type Table } from "../projects/toml-table.ts";
import { projectTree, type FileHasher, type ProjectTree } from "../projects/tree-hash.ts";
import { sha256Hex } from "../../host/sha256.ts";

export type BuildProjectOptions = BuildOptions & { readonly hasher: FileHasher };

/**
 * The wheel of a project on this machine, built once per contents, Python and locked backend. Where it is certain that
 * the backend would only have put the new bytes in the old one's place, it is not run for an edit.
 *
 * @param folder  the project's, absolute
 * @throws ARTIFACT_CHANGED, BUILD_FAILED, BUILD_PLATFORM, BUILD_PYTHON, COMMAND_TIMEOUT, INTERRUPTED, LOCK_INPUT,
 *   STORE_WRITE, UV_MISSING, ZIP_…
 */
export async function buildProject(
  folder: string,
  options: BuildProjectOptions,
): Promise<BuiltWheel> {
  const tree = projectTree(folder, options.hasher);
  const document = readDocument(folder);
  const requires = document === undefined ? legacyBuildRequires : buildRequiresOf(document);
  const constraints = lockedBackend(requires, options.backends);
  const surroundings = [factsOf(options.target).minor, constraints ?? "any"];
  const key = buildKey(["project", tree.hash, ...surroundings]);
  const layout = buildKey(["layout", layoutOf(tree), ...surroundings]);
  const { store, target } = options;
  const locked = constraints !== undefined;
  const found = findBuilt(store, key);
  if (found !== undefined) return fitting(found, target);
  const predictable = document !== undefined && isPredictable(document, tree);
  const edited = predictable ? await editedWheel(tree, layout, options) : undefined;
  if (edited !== undefined) return keepMade(store, key, { ...edited, locked });
  const about = { ...options, what: folder };
  const built = await builtOnce(store, key, about, async () => {
    const source = { kind: "project", folder, files: tree.files } as const;
    const wheel = await build(source, constraints, { ...options, folder });
    if (predictable) {
      const learned = { ...learnSources(wheel.entries, tree, document), key };
      store.writeRecord(learnedBucket, layout, learned);
    }
    return wheel;
  });
  return fitting(built, target);
}

const learnedBucket = "learned-v1";

/** All of a tree but the bytes: which files there are, and which can be run. */
function layoutOf(tree: ProjectTree): readonly string[] {
  return tree.files.map(({ path, mode }) => `${mode} ${path}`);
}

/** `undefined` where the backend must run: nothing was learned, or what was edited means more to it than its bytes. */
async function editedWheel(tree: ProjectTree, layout: string, { store }: BuildOptions) {
  const learned = recall(store.readRecord(learnedBucket, layout));
  const base = learned === undefined ? undefined : findBuilt(store, learned.key);
  if (learned === undefined || base === undefined || base.compiled) return undefined;
  const changed = new Map<string, Uint8Array>();
  for (const { path, file, sha256 } of tree.files) {
    if (learned.files[path] === sha256) continue;
    const entry = learned.entries[path];
    if (entry === undefined) return undefined;
    changed.set(entry, await readChecked(file, sha256));
  }
  const { name, sha256 } = base;
  const bytes = await readFile(base.path);
  // damaged in the store: what is made of it would be kept as if it were whole
  if (sha256Hex(bytes) !== sha256) return undefined;
  return { name, ...(await replaceInWheel(bytes, name, changed)) };
}

type Learned = LearnedSources & { readonly key: string };

function recall(record: unknown): Learned | undefined {
  if (!isTable(record) || typeof record["key"] !== "string") return undefined;
  const { key, files, entries } = record;
  return { key, files: textsOf(files), entries: textsOf(entries) };
}

function textsOf(value: unknown): Readonly<Record<string, string>> {
  const pairs = isTable(value) ? Object.entries(value) : [];
  return Object.fromEntries(pairs.map(([name, text]) => [name, String(text)]));
}

async function readChecked(file: string, sha256: string): Promise<Uint8Array> {
  const bytes = await readFile(file);
  if (sha256Hex(bytes) === sha256) return bytes;
  throw new TouchdownError("ARTIFACT_CHANGED", `${file} changed while it was being built`, {
    hint: "build again",
  });
}

function readDocument(folder: string): Table | undefined {
  const path = join(folder, "pyproject.toml");
  if (!existsSync(path)) return undefined;
  try {
    return parseDocument(readFileSync(path, "utf8"));
  } catch (cause) {
    const reason = systemReason(cause).split("\n")[0] ?? "";
    throw new TouchdownError("LOCK_INPUT", `${path} can not be read: ${reason}`, { cause });
  }
}
