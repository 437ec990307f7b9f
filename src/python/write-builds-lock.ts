/** Write what builds need beside a lock that another tool keeps, once for all packages that obey a lock in that folder. */
import { relativeName } from "./sources.ts";
import type { PackageSession } from "./session.ts";

interface WriteBuildsLockOptions {
  /** Absolute; where the lock is. */
  readonly folder: string;
  /** What is in it for packages that were not looked at stays. */
  readonly keep: boolean;
  readonly upgrade?: true | readonly string[];
}

/**
 * Fetches sdists and checks out commits that are built.
 *
 * @returns `changed`: whether anything was written
 * @throws what `buildNeeds`, `compileBuildsLock` and `findUv` throw
 */
export async function writeBuildsLock(
  session: PackageSession,
  options: WriteBuildsLockOptions,
): Promise<{ readonly path: string; readonly changed: boolean }> {
  const { folder } = options;
  const written = await session.once(`write builds ${folder}`, async () => {
    const { buildNeeds } = await import("./build/build-needs.ts");
    const { compileBuildsLock } = await import("./locking/builds-lock.ts");
    const { signal } = session;
    const { sources, minor } = session.notedBuilds(folder);
    session.say(`locking what builds need, in ${relativeName(session.folder, folder)}`);
    const needs = await buildNeeds(sources, { fetch: (files) => session.fetch(files), signal });
    const running = signal === undefined ? {} : { signal };
    return compileBuildsLock(folder, needs, {
      uv: await session.uv(),
      minor,
      ...options,
      ...running,
    });
  });
  session.lockWritten(written.path);
  // whatever was looked at was looked at without it
  session.forget("inspect ");
  return written;
}
