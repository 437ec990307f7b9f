import { distance } from "fastest-levenshtein";

/** `, did you mean "QueueUrl"?`, or nothing where no name is near. */
export function nearest(name: string, names: readonly string[]): string {
  const best = nearestName(name, names);
  return best === undefined ? "" : `, did you mean "${best}"?`;
}

/** The name a person most likely meant: at most a third of its letters differ, case aside. */
export function nearestName(name: string, names: readonly string[]): string | undefined {
  return nearestNames(name, names, 1)[0];
}

/** The names a person may have meant, the nearest first. */
export function nearestNames(
  name: string,
  names: readonly string[],
  most: number,
): readonly string[] {
  const wanted = name.toLowerCase();
  const near = names
    .map((candidate) => ({ candidate, edits: distance(wanted, candidate.toLowerCase()) }))
    .filter(({ edits }) => edits <= Math.max(2, wanted.length / 3));
  return near
    .toSorted((a, b) => a.edits - b.edits)
    .slice(0, most)
    .map(({ candidate }) => candidate);
}
