import { TouchdownError } from "../../errors.ts";

/**
 * In the order of their names, which must differ: no folder can hold two versions of one distribution.
 *
 * @throws LOCK_AMBIGUOUS
 */
export function byName<
  Entry extends { readonly name: string; readonly version?: string | undefined },
>(entries: readonly Entry[], options: { readonly file: string }): readonly Entry[] {
  const sorted = entries.toSorted((a, b) => (a.name < b.name ? -1 : Number(a.name > b.name)));
  for (const [index, entry] of sorted.entries()) {
    const next = sorted[index + 1];
    if (next?.name !== entry.name) continue;
    const versions = [entry, next].map(({ version }) => version ?? "one without version");
    const message = `${options.file}: two entries of ${entry.name} are for this target (${versions.join(" and ")})`;
    throw new TouchdownError("LOCK_AMBIGUOUS", message, {
      hint: "the markers of one package's entries must exclude each other, for the extras and groups asked for too",
    });
  }
  return sorted;
}
