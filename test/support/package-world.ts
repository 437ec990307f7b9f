/** A folder with a Touchdownfile, an index on loopback and a cache of its own: the built command makes packages in it. */
import { execFileSync, spawn } from "node:child_process";
import { mkdir, mkdtemp, readFile, realpath, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { cleanEnvironment, touchdown } from "./cli.ts";
import type { Ran } from "./cli.ts";
import type { PackageIndex } from "./package-index.ts";
import type { BuiltPackage } from "../../src/operations/packages.ts";
import type { Uv } from "../../src/python/uv/uv.ts";

export interface WorldOptions {
  /** Default: what this machine is configured with. */
  readonly index?: PackageIndex;
  /** Not needed where everything is locked and has a wheel. */
  readonly uv?: Uv;
  /** The folder's name. */
  readonly name?: string;
  /** Another world's cache, to share it. */
  readonly cache?: string;
  readonly env?: Readonly<Record<string, string>>;
}

export interface PackageWorld {
  /** The Touchdownfile's. */
  readonly folder: string;
  readonly cache: string;
  readonly env: Readonly<Record<string, string>>;
  readonly write: (files: Readonly<Record<string, string>>) => Promise<void>;
  readonly read: (name: string) => Promise<string>;
  readonly run: (...words: string[]) => Promise<Ran>;
  /** As `build --json` says it, by name; fails where the build does. */
  readonly build: (...words: string[]) => Promise<ReadonlyMap<string, Built>>;
  /** Run any program in the folder, with the world's environment. */
  readonly spawn: (words: readonly string[]) => Promise<Spawned>;
  readonly remove: () => Promise<void>;
}

interface Spawned {
  readonly status: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

/** A line of `build --json`. */
export type Built = Omit<BuiltPackage, "title">;

export async function packageWorld(options: WorldOptions): Promise<PackageWorld> {
  const root = await realpath(await mkdtemp(join(tmpdir(), "touchdown-package-")));
  const folder = join(root, options.name ?? "the project");
  const cache = options.cache ?? join(root, "cache");
  const programs = join(root, "bin");
  await mkdir(folder);
  await mkdir(programs);
  // in the user's cache it has another name, and each world would fetch its own
  if (options.uv !== undefined) await symlink(options.uv.program, join(programs, "uv"));
  const env = {
    TOUCHDOWN_CACHE_DIR: cache,
    TOUCHDOWN_STATE_DIR: join(root, "state"),
    ...(options.index === undefined ? {} : { UV_DEFAULT_INDEX: options.index.url }),
    UV_CACHE_DIR: join(root, "uv"),
    PIP_FIND_LINKS: "",
    PATH: `${programs}:${process.env["PATH"] ?? ""}`,
    ...options.env,
  };
  const run = (...words: string[]): Promise<Ran> => touchdown(words, { cwd: folder, env });
  return {
    folder,
    cache,
    env,
    run,
    write: async (files) => {
      for (const [name, text] of Object.entries(files)) {
        await mkdir(dirname(join(folder, name)), { recursive: true });
        await writeFile(join(folder, name), text);
      }
    },
    read: (name) => readFile(join(folder, name), "utf8"),
    build: async (...words) => {
      const ran = await run("build", "--json", ...words);
      if (ran.exitCode !== 0) throw new Error(`build ended with ${ran.exitCode}: ${ran.stderr}`);
      const lines = ran.stdout.split("\n").filter((line) => line !== "");
      return new Map(
        lines.map((line) => JSON.parse(line) as Built).map((built) => [built.name, built]),
      );
    },
    spawn: (words) => spawned(words, { cwd: folder, env: { ...cleanEnvironment(), ...env } }),
    remove: () => rm(root, { recursive: true, force: true }),
  };
}

function spawned(
  [program = "", ...args]: readonly string[],
  options: { readonly cwd: string; readonly env: Record<string, string> },
): Promise<Spawned> {
  const child = spawn(program, args, { ...options, stdio: ["ignore", "pipe", "pipe"] });
  const out = { stdout: "", stderr: "" };
  child.stdout.setEncoding("utf8").on("data", (text: string) => (out.stdout += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (out.stderr += text));
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (status) => resolve({ status: status ?? undefined, ...out }));
  });
}

/** A Touchdownfile that declares packages; `body` has `workspace` and `aws`. */
export function touchdownfile(body: string): string {
  return `import type { Workspace } from "touchdown-aws";
import { serializers } from "touchdown-aws";
export default (workspace: Workspace) => {
  void serializers;
  ${body}
};
`;
}

/** The paths in a zip, as Info-ZIP or Python lists them. */
export function pathsIn(zip: string): string[] {
  const script = "import sys, zipfile; print('\\n'.join(zipfile.ZipFile(sys.argv[1]).namelist()))";
  return execFileSync("python3", ["-c", script, zip], { encoding: "utf8" }).trim().split("\n");
}

/** An entry's bytes as text. */
export function textIn(zip: string, path: string): string {
  const script =
    "import sys, zipfile; sys.stdout.buffer.write(zipfile.ZipFile(sys.argv[1]).read(sys.argv[2]))";
  return execFileSync("python3", ["-c", script, zip, path], { encoding: "utf8" });
}
