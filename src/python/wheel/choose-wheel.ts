import { TouchdownError } from "../../errors.ts";
import { tagRanks } from "./tags.ts";
import { factsOf, pythonRuntimes, targetText, type Target } from "./targets.ts";
import { parseWheelName, type WheelName } from "./wheel-name.ts";

/** A release, and the file names of its wheels. */
export interface Release<File extends { readonly name: string }> {
  /** As in PEP 503. */
  readonly name: string;
  readonly version?: string;
  readonly wheels: readonly File[];
}

/**
 * The wheel of a release that installers would take on the target: the best tag, then the highest
 * build number. `undefined` if none runs there. Files whose names are no wheel's are passed over,
 * as installers do: old indexes hold some.
 */
export function bestWheel<File extends { readonly name: string }>(
  wheels: readonly File[],
  target: Target,
): File | undefined {
  const ranks = tagRanks(target);
  const fitting = wheels.flatMap((file) => {
    const name = parsed(file.name);
    const rank = Math.min(...(name?.tags ?? []).map((tag) => ranks.get(tag) ?? Infinity));
    return name === undefined || rank === Infinity ? [] : [{ file, name, rank }];
  });
  return fitting.toSorted(byRank)[0]?.file;
}

/**
 * As `bestWheel`, for a release that has nothing else to offer.
 *
 * @param options.newestFitting  asked only when nothing fits: the newest release that would, if it is known
 * @throws WHEEL_NONE
 */
export async function chooseWheel<File extends { readonly name: string }>(
  release: Release<File>,
  target: Target,
  options: { readonly newestFitting?: () => Promise<string | undefined> } = {},
): Promise<File> {
  const best = bestWheel(release.wheels, target);
  if (best !== undefined) return best;
  const newest = await options.newestFitting?.();
  throw new TouchdownError(
    "WHEEL_NONE",
    `no wheel of ${releaseText(release)} runs on ${targetText(target)}: it has ${offered(release)}`,
    { hint: wayOut(release, target, newest) },
  );
}

type Fitting = { readonly name: WheelName; readonly rank: number; readonly file: { name: string } };

function byRank(a: Fitting, b: Fitting): number {
  if (a.rank !== b.rank) return a.rank - b.rank;
  const build = (fitting: Fitting): number => fitting.name.build?.number ?? -1;
  if (build(a) !== build(b)) return build(b) - build(a);
  const [restA, restB] = [a.name.build?.rest ?? "", b.name.build?.rest ?? ""];
  if (restA !== restB) return restA < restB ? 1 : -1;
  // two files that nothing else tells apart: by name, never by the order they came in
  return a.file.name < b.file.name ? -1 : 1;
}

function parsed(fileName: string): WheelName | undefined {
  try {
    return parseWheelName(fileName);
  } catch (error) {
    if (error instanceof TouchdownError && error.code === "WHEEL_NAME") return undefined;
    throw error;
  }
}

function releaseText({ name, version }: { name: string; version?: string }): string {
  return version === undefined ? name : `${name} ${version}`;
}

function offered(release: Release<{ readonly name: string }>): string {
  const tags = new Set(release.wheels.flatMap((file) => parsed(file.name)?.tags ?? []));
  if (tags.size === 0) return "no wheels";
  const shown = [...tags].slice(0, 12).join(", ");
  return tags.size > 12 ? `${shown}, and ${tags.size - 12} more` : shown;
}

function wayOut(
  release: Release<{ readonly name: string }>,
  target: Target,
  newest: string | undefined,
): string {
  const { minor, glibc, machine } = factsOf(target);
  const takes = `${targetText(target)} takes py3-none-any, cp3${minor}-cp3${minor} and abi3 of cp3${minor} or older, for manylinux_2_${glibc.minor}_${machine} or older`;
  const others = pythonRuntimes
    .map((runtime) => ({ ...target, runtime }))
    .filter((other) => bestWheel(release.wheels, other) !== undefined)
    .map((other) => other.runtime);
  return [
    takes,
    ...(newest === undefined ? [] : [`the newest release that fits is ${release.name} ${newest}`]),
    ...(others.length === 0 ? [] : [`this one has wheels for ${others.join(", ")}`]),
  ].join("\n");
}
