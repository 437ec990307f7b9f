import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { TouchdownError } from "../../errors.ts";
import { temporaryFolder } from "../../host/dirs.ts";
import { readIfExists } from "../../host/files.ts";
import type { LockedFile, LockedPackage } from "../lock/locked.ts";
import { readPylock } from "../lock/pylock.ts";
import type { Keyring } from "./keyring.ts";
import { lastLines, runUv, universalCompile } from "./run-uv.ts";
import { factsOf, type Target } from "../wheel/targets.ts";
import type { Uv } from "./uv.ts";

export type LocateOptions = {
  /** For messages. */
  readonly lock: string;
  /** Where the configuration of indexes begins to be looked for. */
  readonly folder: string;
  readonly target: Target;
  /** Asked for a uv only where one is needed. */
  readonly uv: () => Promise<Uv>;
  readonly keyring?: Keyring;
  readonly signal?: AbortSignal;
};

/**
 * The files that uv would take of these releases, by sha256: of its own default index where none is configured. Nothing is
 * resolved: each is pinned. Those without version can't be asked for, and are left out.
 *
 * @throws INTERRUPTED, LOCK_FILES, UV_MISSING
 */
export async function filesThatUvFinds(
  packages: readonly LockedPackage[],
  { folder: cwd, lock, target, uv, signal }: LocateOptions,
): Promise<ReadonlyMap<string, LockedFile>> {
  const pins = packages.flatMap(({ name, version }) =>
    version === undefined ? [] : [`${name}==${version}`],
  );
  if (pins.length === 0) return new Map();
  const program = await uv();
  return temporaryFolder("touchdown-files", async (folder) => {
    const [input, output] = [join(folder, "requirements.in"), join(folder, "pylock.toml")];
    await writeFile(input, pins.map((pin) => `${pin}\n`).join(""));
    const words = universalCompile(factsOf(target).minor, output);
    const result = await runUv(
      program,
      [...words, "--no-deps", "--format", "pylock.toml", "--", input],
      { cwd, ...(signal === undefined ? {} : { signal }) },
    );
    const written = (await readIfExists(output))?.toString("utf8");
    if (result.exitCode !== 0 || written === undefined) {
      const message = `${lock} has no addresses of its files, and uv did not find those of ${pins.join(", ")}`;
      throw new TouchdownError("LOCK_FILES", message, {
        hint: `configure the index that they are from, for example with UV_INDEX; uv said:\n${lastLines(result, 20)}`,
      });
    }
    const selection = { target, extras: [], groups: [] };
    return new Map(
      readPylock(written, { path: output, selection }).flatMap(({ source }) =>
        source.kind === "files"
          ? [...source.wheels, ...(source.sdist === undefined ? [] : [source.sdist])].map(
              (file) => [file.sha256, file] as const,
            )
          : [],
      ),
    );
  });
}
