import { chmod, copyFile, mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import { TouchdownError } from "../../errors.ts";
import { temporaryFolder } from "../../host/dirs.ts";
import { readIfExists } from "../../host/files.ts";
import { buildPython } from "./build-python.ts";
import { lastLines, runUv } from "../uv/run-uv.ts";
import { unpackedFolder } from "./unpacked-folder.ts";
import type { ProjectFile } from "../projects/project-files.ts";
import type { Uv } from "../uv/uv.ts";
import { sha256Hex } from "../../host/sha256.ts";

export type BuildSource =
  /** A project: its folder, and the files of it that belong to it. */
  | {
      readonly kind: "project";
      readonly folder: string;
      readonly files: readonly (ProjectFile & { readonly sha256: string })[];
    }
  /** An sdist, `.tar.gz` or `.zip`. */
  | {
      readonly kind: "sdist";
      readonly name: string;
      readonly path: string;
      /** The folder in it that is built, where it is not the top. */
      readonly subdirectory?: string;
    };

export type RunBuildOptions = {
  readonly uv: Uv;
  /** 13 of Python 3.13. */
  readonly minor: number;
  /** Where uv's configuration begins to be looked for. */
  readonly cwd: string;
  /** What the build may use, with hashes, and nothing else; `undefined` where that was not locked. */
  readonly constraints: readonly string[] | undefined;
  readonly signal?: AbortSignal;
};

/**
 * Run a build backend on a clean copy, with the same surroundings on every machine: isolated, its tools locked, clock,
 * hash seed, time zone, locale and umask fixed.
 *
 * @returns the wheel as the backend made it
 * @throws ARTIFACT_CHANGED, BUILD_FAILED, BUILD_PYTHON, COMMAND_TIMEOUT, INTERRUPTED
 * @source PEP 517; reproducible-builds.org, “SOURCE_DATE_EPOCH”
 */
export function runBuild(
  source: BuildSource,
  options: RunBuildOptions,
): Promise<{ readonly name: string; readonly bytes: Uint8Array }> {
  return temporaryFolder("touchdown-build", async (folder) => {
    const copied = await copySource(source, join(folder, "source"));
    const out = join(folder, "out");
    const { uv, cwd, minor, signal } = options;
    const running = { cwd, ...(signal === undefined ? {} : { signal }) };
    const python = await buildPython(uv, minor, running);
    const what =
      source.kind === "project" || source.subdirectory === undefined
        ? copied
        : await unpackedFolder(source, { ...running, python, archive: copied });
    const result = await runUv(
      uv,
      [
        ...buildWords,
        "--python",
        python,
        "--out-dir",
        out,
        ...(await constrained(options.constraints, folder)),
        what,
      ],
      { ...running, env: fixed },
    );
    const [name] = result.exitCode === 0 ? await readdir(out).then(wheels) : [];
    if (name !== undefined) return { name, bytes: await readFile(join(out, name)) };
    throw failed(source, lastLines(result, 30).replaceAll(folder, "…"));
  });
}

/** PEP 517 also for uv_build, or uv itself would take its place, and write its own version into the wheel. */
const buildWords = ["build", "--wheel", "--force-pep517", "--color", "never"] as const;

/** 1980-01-01, the first day a zip can hold. */
const fixed = {
  SOURCE_DATE_EPOCH: "315532800",
  PYTHONHASHSEED: "0",
  PYTHONDONTWRITEBYTECODE: "1",
  TZ: "UTC",
  LC_ALL: "C",
} as const;

function wheels(names: readonly string[]): readonly string[] {
  return names.filter((name) => name.endsWith(".whl"));
}

async function constrained(
  constraints: readonly string[] | undefined,
  folder: string,
): Promise<readonly string[]> {
  if (constraints === undefined) return [];
  const file = join(folder, "constraints.txt");
  await writeFile(file, constraints.map((line) => `${line}\n`).join(""));
  return ["--build-constraints", file, "--require-hashes"];
}

/** In the store an sdist has no name; uv wants to see one. A file above a project keeps its place above the copy. */
async function copySource(source: BuildSource, place: string): Promise<string> {
  if (source.kind === "sdist") {
    await mkdir(place);
    await copyFile(source.path, join(place, source.name));
    return join(place, source.name);
  }
  const above = source.files.map(({ path }) => /^(\.\.\/)*/.exec(path)?.[0] ?? "");
  const [highest = ""] = above.toSorted((a, b) => b.length - a.length);
  const root = join(source.folder, highest);
  const copy = join(place, relative(root, source.folder));
  const folders = new Set(source.files.map(({ path }) => dirname(join(copy, path))));
  for (const folder of [copy, ...folders]) await mkdir(folder, { recursive: true, mode: 0o755 });
  for (const file of source.files) await copyChecked(file, join(copy, file.path));
  return copy;
}

/** @throws ARTIFACT_CHANGED where it is no longer what its hash is of: the wheel would be kept under the wrong key */
async function copyChecked(
  { file, mode, sha256 }: ProjectFile & { readonly sha256: string },
  to: string,
): Promise<void> {
  const bytes = await readIfExists(file);
  if (bytes === undefined || sha256Hex(bytes) !== sha256) {
    throw new TouchdownError("ARTIFACT_CHANGED", `${file} changed while it was being built`, {
      hint: "build again",
    });
  }
  await writeFile(to, bytes, { mode });
  await chmod(to, mode);
}

function failed(source: BuildSource, said: string): TouchdownError {
  const [what, why] =
    source.kind === "sdist"
      ? [source.name, "it has no wheel, and must be built from source"]
      : [source.folder, "it is built from a copy of the files in that folder alone"];
  return new TouchdownError("BUILD_FAILED", `the wheel of ${what} could not be built`, {
    hint: `${why}; the build said:\n${said}`,
  });
}
