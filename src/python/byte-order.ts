/**
 * Compare two paths by their UTF-8 bytes, as a zip's entries are ordered. JavaScript compares UTF-16 units, which is
 * the same but for halves of characters beyond U+FFFF: they put 𝄞 (D834 DD1E) before ﬀ (FB00).
 */
export function compareBytes(a: string, b: string): number {
  if (a === b) return 0;
  if (surrogate.test(a) || surrogate.test(b)) return compareUnits(a, b);
  return a < b ? -1 : 1;
}

const surrogate = /[\ud800-\udfff]/;

function compareUnits(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  let at = 0;
  while (at < length && a.charCodeAt(at) === b.charCodeAt(at)) at++;
  if (at === length) return a.length - b.length;
  const [unitA, unitB] = [a.charCodeAt(at), b.charCodeAt(at)];
  if (isSurrogate(unitA) === isSurrogate(unitB)) return unitA - unitB;
  // a surrogate is half of a character beyond all that have one unit
  return isSurrogate(unitA) ? 1 : -1;
}

function isSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdfff;
}
