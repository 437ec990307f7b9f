/** Whether the projects that go into a package fit its lock and its target, which only their wheels tell for sure. */
import { resolve } from "node:path";
import { TouchdownError } from "../errors.ts";
import type { LockStanding } from "./inspect.ts";
import { wrongPython } from "./lock/select.ts";
import type { PackageWant } from "./package-schema.ts";
import { needsOf } from "./remaining.ts";
import { relativeName } from "./sources.ts";
import { pythonFullVersion } from "./specifiers/marker-environment.ts";
import { parseSpecifiers, satisfies } from "./specifiers/specifier.ts";
import type { WheelContents } from "./wheel/wheel-contents.ts";
import { targetOf } from "./wheel/targets.ts";
import { normalizeName } from "./wheel/wheel-name.ts";

interface Going {
  readonly contents: WheelContents;
  /** The folder of the project that it was built from, absolute; undefined where it was fetched. */
  readonly project?: string;
}

interface Into {
  readonly want: PackageWant;
  readonly lock: LockStanding;
  /** The Touchdownfile's. */
  readonly folder: string;
}

/**
 * Of versions only Python's counts: a lock may overrule what projects ask of the others.
 *
 * @param wheels  all that go in
 * @throws LOCK_PYTHON, LOCK_STALE
 */
export function refuseUnfit(wheels: readonly Going[], into: Into): void {
  for (const { contents, project } of wheels) {
    if (project === undefined) continue;
    refuseOtherPython(contents, into);
    refuseLacking(contents, project, { ...into, wheels });
  }
}

function refuseOtherPython({ name, version, requiresPython }: WheelContents, { want }: Into): void {
  const specifiers = requiresPython === undefined ? undefined : parseSpecifiers(requiresPython);
  const target = targetOf(want);
  if (specifiers === undefined || satisfies(pythonFullVersion(target), specifiers)) return;
  throw wrongPython(`requires-python of ${name} ${version}`, requiresPython ?? "", target);
}

function refuseLacking(
  contents: WheelContents,
  project: string,
  { wheels, want, lock, folder }: Into & { readonly wheels: readonly Going[] },
): void {
  // the zip of its own files alone has none of them
  if (want.part !== "whole" || lock.state !== "current") return;
  const there = new Set(
    [...want.withoutPackages, ...wheels.map((each) => each.contents.name)].map(normalizeName),
  );
  const isNamed = want.project !== undefined && resolve(folder, want.project) === project;
  const extras = new Set(isNamed ? want.extras : []);
  const lacking = needsOf(contents, extras, want).find(({ name }) => !there.has(name));
  if (lacking === undefined) return;
  const { name } = lacking;
  const path = relativeName(folder, lock.path);
  const message = `the lock ${path} is stale: ${contents.name} ${contents.version} needs ${name}, which it does not have`;
  const again =
    lock.kept === "here"
      ? "run touchdown lock --upgrade"
      : "lock again with the tool that wrote it";
  throw new TouchdownError("LOCK_STALE", message, {
    hint: `${again}; if it is left out on purpose, say withoutPackages: ["${name}"]`,
  });
}
