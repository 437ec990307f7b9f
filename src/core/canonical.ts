/** One text for equal values: keys sorted, `undefined` left out. */
export function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, item: unknown) => sorted(item)) ?? "undefined";
}

function sorted(item: unknown): unknown {
  if (item instanceof Uint8Array) return Buffer.from(item).toString("base64");
  if (typeof item !== "object" || item === null || Array.isArray(item)) return item;
  const entries = Object.entries(item).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries);
}
