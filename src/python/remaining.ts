/** The wheels of a package without those that `withoutPackages` takes out. */
import { existsSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { evaluateMarker } from "./specifiers/evaluate-marker.ts";
import { markerEnvironment } from "./specifiers/marker-environment.ts";
import type { PackageWant } from "./package-schema.ts";
import { parseRequirement } from "./specifiers/requirement.ts";
import type { Requirement } from "./specifiers/requirement.ts";
import { requirementsLines } from "./projects/requirements-lines.ts";
import type { WheelContents } from "./wheel/wheel-contents.ts";
import { normalizeName } from "./wheel/wheel-name.ts";
import { withoutPackages } from "./without-packages.ts";

interface HasContents {
  readonly contents: WheelContents;
}

/** @param folder  the Touchdownfile's */
export async function remaining<Wheel extends HasContents>(
  wheels: readonly Wheel[],
  want: PackageWant,
  folder: string,
): Promise<readonly Wheel[]> {
  const removed = new Set(want.withoutPackages.map((name) => normalizeName(name)));
  if (removed.size === 0) return wheels;
  const all = wheels.map(({ contents }) => ({
    name: contents.name,
    needs: (extras: ReadonlySet<string>) => needsOf(contents, extras, want),
  }));
  const stay = withoutPackages(all, { removed, named: namedIn(want, folder) });
  return wheels.filter(({ contents }) => stay.has(contents.name));
}

/** What a distribution says that it needs on the target, with these extras of its own. */
export function needsOf(
  { name, version, requires }: WheelContents,
  extras: ReadonlySet<string>,
  { runtime, architecture }: Pick<PackageWant, "runtime" | "architecture">,
): readonly Requirement[] {
  const place = `METADATA of ${name} ${version}`;
  const environment = markerEnvironment({ runtime, architecture });
  return requires
    .map((text) => parseRequirement(text, { place }))
    .filter(({ marker }) => {
      if (marker === undefined) return true;
      return ["", ...extras].some((extra) =>
        evaluateMarker(marker, { ...environment, extra }, { place }),
      );
    });
}

/** The names in the requirements file itself; those in files that it includes are found as what nothing needs. */
function namedIn({ requirements }: PackageWant, folder: string): readonly Requirement[] {
  const file = requirements === undefined ? undefined : resolve(folder, requirements);
  if (file === undefined || !existsSync(file)) return [];
  return requirementsLines(readFileSync(file, "utf8")).flatMap((line) => {
    const text = line.split(" --")[0]?.trim() ?? "";
    if (!/^[A-Za-z0-9]/u.test(text)) return [];
    try {
      return [parseRequirement(text, { place: file })];
    } catch {
      return []; // a path or an address, which has no name here
    }
  });
}
