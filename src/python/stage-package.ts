/** From what was inspected of a package to the entries of its zip: fetch, build what must be built, stage, prove. */
import type { BytecodePython } from "./bytecode/bytecode-python.ts";
import type { addBytecode } from "./bytecode/bytecode.ts";
import { collectWheels } from "./collect-wheels.ts";
import { targetOf } from "./wheel/targets.ts";
import type { Inspected } from "./inspect.ts";
import type { OwnEntry } from "./pack.ts";
import type { PackageWant } from "./package-schema.ts";
import { patternsOf } from "./patterns.ts";
import { refuseUnfit } from "./projects-fit.ts";
import { prove } from "./prove.ts";
import { remaining } from "./remaining.ts";
import type { PackageSession } from "./session.ts";
import { stage } from "./stage.ts";
import type { StagedEntry } from "./stage.ts";
import { wheelContentsOf } from "./wheel/wheel-contents.ts";
import type { WheelContents } from "./wheel/wheel-contents.ts";

/** A distribution that goes into a package: what is in its wheel, and where the wheel is. */
export interface StagedWheel {
  readonly contents: WheelContents;
  /** Absolute, in the store. */
  readonly file: string;
  /** It was compiled on this machine. */
  readonly compiled: boolean;
  /** The folder of the project that it was built from, absolute; left out where it was fetched. */
  readonly project?: string;
}

export interface StagedPackage {
  /** In byte order. */
  readonly entries: readonly StagedEntry[];
  /** Names of the distributions that were compiled on this machine. */
  readonly compiled: readonly string[];
  /** An own file and a wheel's have the same path. */
  readonly shadowing: boolean;
}

/** The distributions of a package, the project's own first. @throws what fetching and building wheels throw */
export async function stageWheels(
  session: PackageSession,
  want: PackageWant,
  inspected: Inspected,
): Promise<readonly StagedWheel[]> {
  const store = await session.store();
  const collected = await collectWheels(session, want, inspected);
  const wheels = await Promise.all(
    collected.map(async ({ name, path, sha256, compiled, project }) => {
      const contents = await wheelContentsOf(store, { name, path, sha256 });
      const from = project === undefined ? {} : { project };
      return { contents, file: path, compiled, ...from };
    }),
  );
  return remaining(wheels, want, session.folder);
}

/** @throws what fetching, building wheels, staging and proving throw */
export async function stagePackage(
  session: PackageSession,
  want: PackageWant,
  { inspected, own }: { readonly inspected: Inspected; readonly own: readonly OwnEntry[] },
): Promise<StagedPackage> {
  const wheels = await stageWheels(session, want, inspected);
  refuseUnfit(wheels, { want, lock: inspected.lock, folder: session.folder });
  const { include, exclude } = await patternsOf(want);
  const staged = wheels.map(({ contents, file }) => ({ ...contents, file }));
  const entries = stage({
    wheels: staged,
    own,
    exclude,
    // a generated file was named, so it may take a wheel's place
    include: (path) => include(path) || Object.hasOwn(want.files, path),
  });
  const target = targetOf(want);
  prove({ entries, wheels: staged, target });
  const compiled = wheels.flatMap((each) => (each.compiled ? [each.contents.name] : []));
  const paths = new Set(own.map(({ path }) => path));
  const shadowing = staged.some((wheel) => wheel.entries.some(({ path }) => paths.has(path)));
  const python = inspected.python?.python;
  const all =
    python === undefined
      ? entries
      : await withBytecode(session, want, { entries, wheels: staged, python });
  return { entries: want.part === "dependencies" ? asLayer(all) : all, compiled, shadowing };
}

/** @source Lambda developer guide: functions are unpacked below /var/task, layers below /opt */
async function withBytecode(
  session: PackageSession,
  want: PackageWant,
  staged: Parameters<typeof addBytecode>[0] & { readonly python: BytecodePython },
): Promise<readonly StagedEntry[]> {
  const { addBytecode } = await import("./bytecode/bytecode.ts");
  const { signal } = session;
  const { entries, skipped } = await addBytecode(staged, {
    store: await session.store(),
    python: staged.python,
    root: want.part === "dependencies" ? "/opt/python" : "/var/task",
    ...(signal === undefined ? {} : { signal }),
  });
  if (skipped.length > 0) session.say(`package ${want.label}: ${uncompiled(skipped)}`);
  return entries;
}

function uncompiled(paths: readonly string[]): string {
  const [first = "", second] = paths;
  if (second === undefined) return `${first} does not compile, and goes in as it is`;
  const shown = paths.slice(0, 3).join(", ");
  const more = paths.length > 3 ? ` and ${paths.length - 3} more` : "";
  return `${shown}${more} do not compile, and go in as they are`;
}

/** Lambda puts a layer's `python` folder on the path. @source Lambda developer guide, "Packaging your layer content" */
function asLayer(entries: readonly StagedEntry[]): readonly StagedEntry[] {
  return entries.map((entry) => ({ ...entry, path: `python/${entry.path}` }));
}
