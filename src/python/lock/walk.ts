/** One distribution needs another, and some of its extras. */
export interface Edge<Entry> {
  readonly to: Entry;
  readonly extras: readonly string[];
}

/** Why something is in: the extras it is wanted with, and what it needs itself. */
export interface Reached<Entry> {
  readonly extras: Set<string>;
  readonly needs: Set<Entry>;
}

/**
 * Everything that can be reached, cycles and all.
 *
 * @param edgesOf  what an entry needs, or, with an extra, what the extra adds to it
 */
export function walk<Entry>(
  roots: readonly Edge<Entry>[],
  edgesOf: (entry: Entry, extra: string | undefined) => readonly Edge<Entry>[],
): ReadonlyMap<Entry, Reached<Entry>> {
  const reached = new Map<Entry, Reached<Entry>>();
  const waiting: { entry: Entry; extra: string | undefined }[] = [];
  const reach = ({ to, extras }: Edge<Entry>): void => {
    const known = reached.get(to) ?? { extras: new Set<string>(), needs: new Set<Entry>() };
    if (!reached.has(to)) waiting.push({ entry: to, extra: undefined });
    reached.set(to, known);
    for (const extra of extras) {
      if (!known.extras.has(extra)) waiting.push({ entry: to, extra });
      known.extras.add(extra);
    }
  };
  for (const root of roots) reach(root);
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    for (const edge of edgesOf(next.entry, next.extra)) {
      if (edge.to !== next.entry) reached.get(next.entry)?.needs.add(edge.to);
      reach(edge);
    }
  }
  return reached;
}
