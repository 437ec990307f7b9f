/** Write the lock of a package, once for all packages that share it. */
import { dirname } from "node:path";
import { lockToWrite } from "./builds-standing.ts";
import { look } from "./inspect.ts";
import type { PackageWant } from "./package-schema.ts";
import { bytecodeVersions } from "./locked-python.ts";
import type { PackageSession } from "./session.ts";
import { lockFolder, lockInputs } from "./which-lock.ts";

interface WriteLockOptions {
  /** `true` for every version anew, names for those. Default: what fits is kept. */
  readonly upgrade?: true | readonly string[];
}

/**
 * Write whatever of a package's locks is to be written.
 *
 * @throws what `writeLock` and `writeBuildsLock` throw
 */
export async function writeLocks(session: PackageSession, want: PackageWant): Promise<void> {
  const { lock, builds } = await look(session, want);
  if (lock.state !== "current" || lock.kept === "here") {
    await writeLock(session, want);
  } else if (lockToWrite(session, builds) !== undefined) {
    const { writeBuildsLock } = await import("./write-builds-lock.ts");
    await writeBuildsLock(session, { folder: dirname(lock.path), keep: true });
  }
}

/**
 * @returns `changed`: whether anything was written
 * @throws what `compileLock` and `findUv` throw
 */
export async function writeLock(
  session: PackageSession,
  want: PackageWant,
  options: WriteLockOptions = {},
): Promise<{ readonly path: string; readonly changed: boolean }> {
  const folder = lockFolder(want, session.folder);
  const request = session.lockRequest(folder, lockInputs(want));
  const written = await session.once(`write lock ${JSON.stringify(request)}`, async () => {
    const { compileLock } = await import("./locking/compile-lock.ts");
    const { signal } = session;
    const running = signal === undefined ? {} : { signal };
    const uv = await session.uv();
    const bytecode = await bytecodeVersions(session, request, { anew: options.upgrade === true });
    return compileLock(request, {
      uv,
      bytecode,
      fetchSdists: (files) => session.fetch(files),
      ...options,
      ...running,
    });
  });
  session.lockWritten(written.path);
  // whatever was looked at was looked at with the old lock
  session.forget("inspect ");
  session.forget("lock ");
  return written;
}
