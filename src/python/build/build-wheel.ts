import { TouchdownError } from "../../errors.ts";
import type { Store } from "../../store/store.ts";
import { buildKey, builtOnce, type BuiltWheel } from "./built-wheels.ts";
import { lockedBackend } from "../locking/lock-backends.ts";
import type { BackendLock } from "../locking/lock-table.ts";
import { normalWheel, type NormalWheel } from "./normal-wheel.ts";
import { runBuild, type BuildSource } from "./run-build.ts";
import { buildRequiresOfSdist } from "./sdist-requires.ts";
import { factsOf, targetText, type Target } from "../wheel/targets.ts";
import { versionVariables } from "../projects/tree-hash.ts";
import type { Uv } from "../uv/uv.ts";
import { parseWheelName } from "../wheel/wheel-name.ts";

export type BuildOptions = {
  readonly store: Store;
  readonly target: Target;
  /** Asked for a uv only when a backend must run. */
  readonly uv: () => Promise<Uv>;
  /** Where uv's configuration begins to be looked for: the lock's folder, or the project's. */
  readonly folder: string;
  /** What builds need, from the lock; without its build's, a backend may be any. */
  readonly backends: readonly BackendLock[];
  /** Called with a line for the user, before a backend runs. */
  readonly onProgress?: (line: string) => void;
  readonly signal?: AbortSignal;
};

/** Fetched, its hash checked. */
export type Sdist = {
  readonly name: string;
  readonly path: string;
  readonly sha256: string;
  /** The folder in it that is built, where it is not the top. */
  readonly subdirectory?: string;
};

/**
 * The wheel of an sdist, built once per sdist, Python and locked backend.
 *
 * @throws ARTIFACT_CHANGED, BUILD_FAILED, BUILD_PLATFORM, BUILD_PYTHON, COMMAND_TIMEOUT, INTERRUPTED, SDIST,
 *   STORE_WRITE, UV_MISSING, ZIP_…
 */
export async function buildSdist(sdist: Sdist, options: BuildOptions): Promise<BuiltWheel> {
  const { backends, store, target } = options;
  const requires = await buildRequiresOfSdist(sdist);
  const constraints = lockedBackend(requires, backends);
  const { minor } = factsOf(target);
  const within = sdist.subdirectory === undefined ? [] : [sdist.subdirectory];
  const key = buildKey([
    "sdist",
    sdist.sha256,
    minor,
    constraints ?? "any",
    versionVariables(),
    ...within,
  ]);
  const about = { ...options, what: sdist.name };
  const source = { kind: "sdist", ...sdist } as const;
  const built = await builtOnce(store, key, about, () => build(source, constraints, options));
  return fitting(built, target);
}

/** Run the backend, and make its wheel the same for everyone. */
export async function build(
  source: BuildSource,
  constraints: readonly string[] | undefined,
  options: BuildOptions,
): Promise<NormalWheel & { readonly name: string; readonly locked: boolean }> {
  const { folder, onProgress, signal, target } = options;
  const uv = await options.uv();
  onProgress?.(`building ${source.kind === "sdist" ? source.name : source.folder}`);
  const running = signal === undefined ? {} : { signal };
  const { minor } = factsOf(target);
  const built = await runBuild(source, { uv, minor, cwd: folder, constraints, ...running });
  const locked = constraints !== undefined;
  return { name: built.name, locked, ...(await normalWheel(built.bytes, built.name)) };
}

/**
 * A wheel that runs on the target: any that is pure, or one that was compiled on a machine as the target is.
 *
 * @throws BUILD_PLATFORM
 */
export function fitting(built: BuiltWheel, target: Target): BuiltWheel {
  if (!built.compiled) return built;
  const { machine } = factsOf(target);
  const platforms = parseWheelName(built.name).tags.map((tag) => tag.split("-")[2] ?? "");
  // which glibc it needs is not in the name `linux_x86_64`, and is read from its files
  if (platforms.some((one) => one === "any" || new RegExp(`^(many)?linux.*_${machine}$`).test(one)))
    return built;
  throw new TouchdownError(
    "BUILD_PLATFORM",
    `${built.name} was compiled here, and does not run on ${targetText(target)}`,
    {
      hint: `lock a version that has a wheel for it, or build on Linux on ${machine}`,
    },
  );
}
