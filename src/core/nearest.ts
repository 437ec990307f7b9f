import { distance } from "fastest-levenshtein";

/** `, did you mean "QueueUrl"?`, or nothing where no name is near. */
export function nearest(name: string, names: readonly string[]): string {
  const best = nearestName(name, names);
  return best === undefined ? "" : `, did you mean "${best}"?`;
}

/** The name a person most likely meant: at most a third of its letters differ, case aside. */
export function nearestName(name: string, names: readonly string[]): string | undefined {
  const wanted = name.toLowerCase();
  let best: { name: string; edits: number } | undefined;
  for (const candidate of names) {
    const edits = distance(wanted, candidate.toLowerCase());
    if (edits <= Math.max(2, wanted.length / 3) && (best === undefined || edits < best.edits)) {
      best = { name: candidate, edits };
    }
  }
  return best?.name;
}
