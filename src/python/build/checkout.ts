/** A distribution that a lock takes from a git commit: checked out, and built once per commit. */
import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { TouchdownError } from "../../errors.ts";
import { temporaryFolder } from "../../host/dirs.ts";
import { run } from "../../host/run.ts";
import type { Store } from "../../store/store.ts";
import { buildKey, builtOnce } from "./built-wheels.ts";
import type { BuiltWheel } from "./built-wheels.ts";
import { withoutCredentials } from "../uv/credentials.ts";
import type { BackendLock } from "../locking/lock-table.ts";
import { buildRequiresOfProject } from "../projects/project-inputs.ts";
import { factsOf } from "../wheel/targets.ts";
import type { Target } from "../wheel/targets.ts";

interface GitSource {
  readonly name: string;
  readonly url: string;
  /** The whole commit. */
  readonly commit: string;
  readonly subdirectory?: string;
}

interface CheckoutOptions {
  readonly store: Store;
  readonly target: Target;
  /** What builds need, from the lock. */
  readonly backends: readonly BackendLock[];
  readonly signal?: AbortSignal;
  /** Builds the project in a folder. */
  readonly build: (folder: string) => Promise<BuiltWheel>;
}

/** @throws GIT_FAILED, GIT_MISSING, and what `build` throws */
export async function wheelOfCommit(
  source: GitSource,
  { store, target, backends, signal, build }: CheckoutOptions,
): Promise<BuiltWheel> {
  const { url, commit, subdirectory = "." } = source;
  const key = buildKey([
    "git",
    withoutCredentials(url),
    commit,
    subdirectory,
    factsOf(target).minor,
    ...(backends.length === 0 ? [] : [backends]),
  ]);
  const running = signal === undefined ? {} : { signal };
  return builtOnce(store, key, { what: source.name, ...running }, () =>
    temporaryFolder("touchdown-git", async (folder) => {
      await checkOut(source, folder, signal);
      const { name, sha256, path, locked } = await build(resolve(folder, subdirectory));
      return { name, sha256, locked, bytes: await readFile(path) };
    }),
  );
}

/** What a commit's build needs. @throws GIT_FAILED, GIT_MISSING, LOCK_INPUT */
export function buildRequiresOfCommit(
  source: GitSource,
  signal?: AbortSignal,
): Promise<readonly string[]> {
  return temporaryFolder("touchdown-git", async (folder) => {
    await checkOut(source, folder, signal);
    return buildRequiresOfProject(resolve(folder, source.subdirectory ?? "."));
  });
}

/** Only that commit where the server gives it alone, else everything: not all servers do. */
async function checkOut(
  { name, url, commit }: GitSource,
  folder: string,
  signal?: AbortSignal,
): Promise<void> {
  const git = async (...words: readonly string[]): Promise<string | undefined> => {
    const { exitCode, stderr } = await run(["git", ...words], {
      cwd: folder,
      env: { GIT_TERMINAL_PROMPT: "0" },
      ...(signal === undefined ? {} : { signal }),
    }).catch((cause: unknown) => {
      throw cause instanceof TouchdownError && cause.code === "COMMAND_NOT_FOUND"
        ? gitMissing(name, cause)
        : cause;
    });
    return exitCode === 0 ? undefined : (stderr.trim().split("\n").at(-1) ?? "");
  };
  await git("init", "--quiet");
  const alone = await git("fetch", "--quiet", "--depth", "1", url, commit);
  const failure =
    alone === undefined
      ? undefined
      : await git("fetch", "--quiet", url, "+refs/*:refs/touchdown/*");
  const missed = failure ?? (await git("checkout", "--quiet", "--detach", commit));
  if (missed === undefined) return;
  const message = `${name} could not be taken from ${withoutCredentials(url)} at ${commit}: ${withoutCredentials(missed)}`;
  throw new TouchdownError("GIT_FAILED", message, {
    hint: "git fetch with the same address must work here; touchdown uses the credentials that git has",
  });
}

function gitMissing(name: string, cause: unknown): TouchdownError {
  return new TouchdownError(
    "GIT_MISSING",
    `${name} is locked from a git repository, and there is no git here`,
    {
      hint: "install git",
      cause,
    },
  );
}
