import { TouchdownError } from "../errors.ts";
import type { StagedEntry, StagedWheel } from "./staged.ts";

/** @source Lambda developer guide, "Lambda quotas": a deployment package, unzipped, including layers */
const mostUnzipped = 262_144_000;

/**
 * Refuse more than Lambda unzips, and say what takes most of it.
 *
 * @throws CODE_TOO_BIG
 */
export function refuseTooBig(input: {
  readonly wheels: readonly StagedWheel[];
  readonly entries: readonly StagedEntry[];
  readonly layersSize?: number;
}): void {
  const { entries, layersSize = 0 } = input;
  const size = entries.reduce((sum, entry) => sum + sizeOf(entry), 0);
  if (size + layersSize <= mostUnzipped) return;
  const layers = layersSize === 0 ? "" : `, and its layers ${megabytes(layersSize)}`;
  throw new TouchdownError(
    "CODE_TOO_BIG",
    `the package would unzip to ${megabytes(size)}${layers}: Lambda takes ${megabytes(mostUnzipped)} in all`,
    {
      hint: [
        "leave out what is not needed with withoutPackages or exclude; the biggest are",
        ...biggest(input),
      ].join("\n"),
    },
  );
}

/** The ten distributions that take most, the biggest first. */
function biggest(input: {
  readonly wheels: readonly StagedWheel[];
  readonly entries: readonly StagedEntry[];
}): readonly string[] {
  const names = new Map(input.wheels.map((each) => [each.sha256, `${each.name} ${each.version}`]));
  const sizes = new Map<string, number>();
  for (const entry of input.entries) {
    const owner = entry.from === "wheel" ? names.get(entry.wheel) : undefined;
    const name = owner ?? "your own files";
    sizes.set(name, (sizes.get(name) ?? 0) + sizeOf(entry));
  }
  return [...sizes]
    .toSorted(([a, sizeA], [b, sizeB]) => sizeB - sizeA || (a < b ? -1 : 1))
    .slice(0, 10)
    .map(([name, size]) => `${name}: ${megabytes(size)}`);
}

function sizeOf(entry: StagedEntry): number {
  return entry.from === "bytes" ? entry.bytes.length : entry.size;
}

function megabytes(bytes: number): string {
  return `${(bytes / 1_000_000).toFixed(1)} MB`;
}
