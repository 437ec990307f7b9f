/** The wheels of a package, in the store: fetched, or built here where there is none. */
import { dirname } from "node:path";
import { TouchdownError } from "../errors.ts";
import { sha256File } from "../host/files.ts";
import type { BuiltWheel } from "./build/built-wheels.ts";
import { fetchedBucket } from "./fetch/fetch-options.ts";
import type { Inspected } from "./inspect.ts";
import type { LockedFile } from "./lock/locked.ts";
import type { PackageWant } from "./package-schema.ts";
import type { Resolved } from "./resolve-lock.ts";
import type { PackageSession } from "./session.ts";
import { parseWheelName } from "./wheel/wheel-name.ts";

/** Fetched, or built here. */
export interface CollectedWheel extends BuiltWheel {
  /** The folder that it was built from, absolute, where it is a project of the user's. */
  readonly project?: string;
}

/** @throws what fetching and building throw */
export async function collectWheels(
  session: PackageSession,
  want: PackageWant,
  inspected: Inspected,
): Promise<readonly CollectedWheel[]> {
  const { part } = want;
  const { project, resolved = [] } = inspected;
  const others = part === "code" ? [] : resolved;
  const files = others.flatMap((each) => ("file" in each ? [each.file] : []));
  const paths = await session.fetch(files);
  const builder = new Builder(session, want, inspected);
  const wheels = await Promise.all(
    others.map(async (each) => {
      if (each.kind === "directory") return builder.own(each.path);
      if (each.kind === "vcs") return builder.checkout(each);
      const path = paths.get(each.file.sha256) ?? "";
      return each.kind === "sdist" ? builder.sdist(each, path) : fetched(each.file, path);
    }),
  );
  const own = project === undefined || part === "dependencies" ? [] : [await builder.own(project)];
  const all = [...own, ...wheels];
  for (const wheel of all) if (!wheel.locked) throw unlocked(wheel);
  return all;
}

/** Never reached while locks are as touchdown writes them. */
function unlocked({ name }: CollectedWheel): TouchdownError {
  const message = `what the build of ${parseWheelName(name).name} needs is not locked, and it may come out differently elsewhere`;
  return new TouchdownError("LOCK_STALE", message, { hint: "run touchdown lock" });
}

function fetched({ name, sha256 }: LockedFile, path: string): CollectedWheel {
  return { name, path, sha256, compiled: false, locked: true };
}

/** What runs build backends, loaded only where one may have to. */
class Builder {
  readonly #session: PackageSession;
  readonly #want: PackageWant;
  readonly #lock: string | undefined;

  constructor(session: PackageSession, want: PackageWant, { lock }: Inspected) {
    this.#session = session;
    this.#want = want;
    this.#lock = lock.state === "current" ? lock.path : undefined;
  }

  async own(folder: string): Promise<CollectedWheel> {
    return { ...(await this.project(folder)), project: folder };
  }

  async project(folder: string): Promise<BuiltWheel> {
    const { buildProject } = await import("./build/project-wheel.ts");
    return this.#session.once(this.#key(folder), async () =>
      buildProject(folder, { ...(await this.#options(folder)), hasher: this.#session }),
    );
  }

  async sdist(
    { file, subdirectory }: Extract<Resolved, { kind: "sdist" }>,
    path: string,
  ): Promise<CollectedWheel> {
    const { buildSdist } = await import("./build/build-wheel.ts");
    const { name, sha256 } = file;
    return this.#session.once(this.#key(`${sha256} ${subdirectory ?? ""}`), async () => {
      const whole = await this.#whole(file, path);
      const sdist = { name, path: whole, sha256 };
      return buildSdist(
        subdirectory === undefined ? sdist : { ...sdist, subdirectory },
        await this.#options(dirname(this.#lock ?? path)),
      );
    });
  }

  /** A backend believes what it is given, and what it makes of a damaged sdist would be kept under the right key. */
  async #whole(file: LockedFile, path: string): Promise<string> {
    if ((await sha256File(path)) === file.sha256) return path;
    (await this.#session.store()).discard(fetchedBucket(file), file.sha256);
    return (await this.#session.fetch([file])).get(file.sha256) ?? path;
  }

  async checkout(source: Extract<Resolved, { kind: "vcs" }>): Promise<CollectedWheel> {
    const { wheelOfCommit } = await import("./build/checkout.ts");
    return this.#session.once(this.#key(`${source.url} ${source.commit}`), async () => {
      const { store, target, backends, signal } = await this.#options(this.#session.folder);
      const build = (folder: string) => this.project(folder);
      return wheelOfCommit(source, {
        store,
        target,
        backends,
        build,
        ...(signal === undefined ? {} : { signal }),
      });
    });
  }

  #key(what: string): string {
    return `wheel ${what} ${this.#want.runtime} ${this.#want.architecture} ${this.#lock ?? ""}`;
  }

  async #options(folder: string) {
    const { readBackends } = await import("./locking/builds-lock.ts");
    const { signal } = this.#session;
    return {
      store: await this.#session.store(),
      target: { runtime: this.#want.runtime, architecture: this.#want.architecture },
      uv: () => this.#session.uv(),
      folder,
      backends: this.#lock === undefined ? [] : readBackends(this.#lock),
      onProgress: (line: string) => this.#session.say(line),
      ...(signal === undefined ? {} : { signal }),
    };
  }
}
