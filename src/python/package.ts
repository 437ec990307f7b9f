/** A Python package: a zip that touchdown builds, and finds again under the hash of what it is made of. */
import type { Artifact, Notes } from "../core/artifact.ts";
import { defineResource } from "../core/define.ts";
import type { Field, Problem } from "../core/define.ts";
import { TouchdownError } from "../errors.ts";
import { zipArtifact } from "./zip-artifact.ts";
import { noNotes, zipNotes } from "./zip-notes.ts";
import { inspect } from "./inspect.ts";
import { packageSchema } from "./package-schema.ts";
import type { PackageWant } from "./package-schema.ts";
import { readPackage, zipGone } from "./read-package.ts";
import type { PackageRecord, PackageState } from "./read-package.ts";
import type { PackageSession } from "./session.ts";

export interface PackageProperties {
  /** Absolute, in the store: copy it with `touchdown build --out`. */
  readonly Path: string;
  /** 64 hex digits. */
  readonly Sha256: string;
  /** As AWS gives it: base64. */
  readonly CodeSha256: string;
  /** Bytes. */
  readonly Size: number;
  /** Bytes. */
  readonly UnzippedSize: number;
  /** Names of the distributions whose wheel was compiled on the machine that built it. */
  readonly Compiled: readonly string[];
  readonly Artifact: Artifact;
}

type Have = PackageState & {
  /** Put its zip into the store. */
  readonly build: () => Promise<void>;
  /** What was found in its zip; nothing while there is none. */
  readonly notes: Notes;
};

export const pythonPackage = defineResource<
  typeof packageSchema,
  "label",
  Have,
  PackageProperties,
  PackageSession
>({
  type: "python.package",
  noun: "package",
  schema: packageSchema,
  key: ["label"],
  secretArgs: ["files"],
  readsAll: true,
  callsNobody: true,
  pendingText: "may be built",
  leaves: "packages stay in the cache",
  checks: [
    // Before the first call: what is named is there, the lock is good, every wheel fits the target.
    (want, { making = true }) => (making ? problemsOf(want) : []),
  ],
  read: async (session, want) => {
    const state = await readPackage(session, want);
    const { built } = state;
    const notes = built === undefined ? noNotes : zipNotes(await session.store(), built.sha256);
    return { ...state, build: () => build(session, want), notes };
  },
  aspects: {
    lock: {
      fields: {
        lock: whileUndone("lock", ({ lock }) => (lock.state === "todo" ? lock.todo : undefined)),
      },
      apply: async (session, { want }) => {
        const { writeLocks } = await import("./write-lock.ts");
        await writeLocks(session, want);
      },
    },
    build: {
      fields: { zip: whileUndone("build", ({ because }) => because) },
      affects: ["Path", "Sha256", "CodeSha256", "Size", "UnzippedSize", "Compiled", "Artifact"],
      apply: (session, { want, have }) => build(session, want, have),
    },
  },
  properties: {
    Path: (have) => builtOf(have).path,
    Sha256: (have) => builtOf(have).sha256,
    CodeSha256: (have) => Buffer.from(builtOf(have).sha256, "hex").toString("base64"),
    Size: (have) => builtOf(have).size,
    UnzippedSize: (have) => builtOf(have).unzippedSize,
    Compiled: (have) => builtOf(have).compiled,
    Artifact: (have) => zipArtifact(builtOf(have), have),
  },
});

/** Something that is to be done, or is done: `build (src/app.py changed)`. `undone` says why, or undefined where it is done. */
function whileUndone(
  action: string,
  undone: (state: PackageState) => string | undefined,
): Field<PackageWant, Have> {
  return {
    want: (_want, state) => (state === undefined ? "" : (undone(state) ?? "")),
    have: (state) => (undone(state) === undefined ? "" : undefined),
    action,
    show: String,
  };
}

/** @param state  as it is now, where that was looked up just before */
async function build(
  session: PackageSession,
  want: PackageWant,
  state?: PackageState,
): Promise<void> {
  const { buildPackage } = await import("./build-package.ts");
  await buildPackage(session, want, state ?? (await readPackage(session, want)));
}

async function problemsOf(want: PackageWant): Promise<readonly Problem[]> {
  try {
    await inspect(want.session(), want);
    return [];
  } catch (error) {
    if (!(error instanceof TouchdownError)) throw error;
    const { code, message, hint } = error;
    return [{ path: [], code, message, ...(hint === undefined ? {} : { hint }) }];
  }
}

function builtOf({ built, because }: PackageState): PackageRecord {
  if (built !== undefined) return built;
  if (because !== zipGone) throw new Error("a package was used before it was built");
  const message = "the zip of a package was removed from the cache as soon as it was built";
  throw new TouchdownError("ARTIFACT_CHANGED", message, {
    hint: "run the same command again; if the cache is shared, see who prunes it meanwhile",
  });
}
