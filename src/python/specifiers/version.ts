/** Versions as PEP 440 has them. Numbers are bigints: dates down to the microsecond are in use, and are above 2⁵³. */

export interface Version {
  readonly epoch: bigint;
  readonly release: readonly bigint[];
  readonly pre?: { readonly letter: "a" | "b" | "rc"; readonly number: bigint };
  readonly post?: bigint;
  readonly dev?: bigint;
  readonly local?: readonly (bigint | string)[];
}

/** What PEP 440 calls a version without its local part; also what a specifier may be made of. */
export const publicVersion =
  "v?(?:[0-9]+!)?[0-9]+(?:\\.[0-9]+)*" +
  "(?:[-_.]?(?:alpha|a|beta|b|preview|pre|c|rc)[-_.]?[0-9]*)?" +
  "(?:-[0-9]+|[-_.]?(?:post|rev|r)[-_.]?[0-9]*)?" +
  "(?:[-_.]?dev[-_.]?[0-9]*)?";

export const localVersion = "\\+[a-z0-9]+(?:[-_.][a-z0-9]+)*";

const whole = new RegExp(`^\\s*${publicVersion}(?:${localVersion})?\\s*$`, "i");

const parts =
  /^v?(?:(?<epoch>\d+)!)?(?<release>\d+(?:\.\d+)*)(?:[-_.]?(?<pre>alpha|a|beta|b|preview|pre|c|rc)[-_.]?(?<preNumber>\d*))?(?:-(?<implicitPost>\d+)|[-_.]?(?<post>post|rev|r)[-_.]?(?<postNumber>\d*))?(?:[-_.]?(?<dev>dev)[-_.]?(?<devNumber>\d*))?(?:\+(?<local>.*))?$/;

/**
 * @returns `undefined` where the text is no version
 * @source  PEP 440, appendix B and “Normalization”
 */
export function parseVersion(text: string): Version | undefined {
  if (!whole.test(text)) return undefined;
  const groups = parts.exec(text.trim().toLowerCase())?.groups;
  if (groups === undefined) return undefined;
  const { epoch, release, pre, preNumber, implicitPost, post, postNumber, dev, devNumber, local } =
    groups;
  return {
    epoch: BigInt(epoch ?? 0),
    release: (release ?? "0").split(".").map(BigInt),
    ...(pre === undefined ? {} : { pre: { letter: preLetter(pre), number: number(preNumber) } }),
    ...(implicitPost === undefined && post === undefined
      ? {}
      : { post: number(implicitPost ?? postNumber) }),
    ...(dev === undefined ? {} : { dev: number(devNumber) }),
    ...(local === undefined ? {} : { local: local.split(/[-_.]/).map(localPart) }),
  };
}

/** The normal form: `v1.0-ALPHA` is `1.0a0`. */
export function formatVersion(version: Version): string {
  const { epoch, release, pre, post, dev, local } = version;
  return [
    epoch === 0n ? "" : `${epoch}!`,
    release.join("."),
    pre === undefined ? "" : `${pre.letter}${pre.number}`,
    post === undefined ? "" : `.post${post}`,
    dev === undefined ? "" : `.dev${dev}`,
    local === undefined ? "" : `+${local.join(".")}`,
  ].join("");
}

/**
 * Below, above or at 0, as for `sort`.
 *
 * @source PEP 440, “Summary of permitted suffixes and relative ordering”
 */
export function compareVersions(a: Version, b: Version): number {
  return comparePublic(a, b) || compareLocal(a.local, b.local);
}

/** The same, local parts left out. */
export function comparePublic(a: Version, b: Version): number {
  return (
    compare(a.epoch, b.epoch) ||
    compareReleases(a.release, b.release) ||
    comparePre(a, b) ||
    compare(a.post ?? -1n, b.post ?? -1n) ||
    compareDev(a.dev, b.dev)
  );
}

/** `1`, `1.0` and `1.0.0` are the same release. */
export function compareReleases(a: readonly bigint[], b: readonly bigint[]): number {
  for (let index = 0; index < Math.max(a.length, b.length); index += 1) {
    const order = compare(a[index] ?? 0n, b[index] ?? 0n);
    if (order !== 0) return order;
  }
  return 0;
}

function comparePre(a: Version, b: Version): number {
  return compare(preRank(a), preRank(b)) || compare(a.pre?.number ?? 0n, b.pre?.number ?? 0n);
}

/** `1.0.dev1` comes before `1.0a1`, and that before `1.0` and `1.0.post1`. */
function preRank({ pre, post, dev }: Version): number {
  if (pre !== undefined) return ["a", "b", "rc"].indexOf(pre.letter);
  return post === undefined && dev !== undefined ? -1 : 3;
}

function compareDev(a: bigint | undefined, b: bigint | undefined): number {
  if (a === undefined || b === undefined) return Number(a === undefined) - Number(b === undefined);
  return compare(a, b);
}

function compareLocal(a: Version["local"], b: Version["local"]): number {
  const [left, right] = [a ?? [], b ?? []];
  for (const [index, part] of left.entries()) {
    const other = right[index];
    if (other === undefined) return 1;
    const order =
      typeof part === typeof other
        ? compare(part, other)
        : Number(typeof part === "bigint") - Number(typeof other === "bigint");
    if (order !== 0) return order;
  }
  return left.length - right.length;
}

function compare<Value extends bigint | number | string>(a: Value, b: Value): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

function preLetter(word: string): "a" | "b" | "rc" {
  if (word === "a" || word === "alpha") return "a";
  return word === "b" || word === "beta" ? "b" : "rc";
}

function number(digits: string | undefined): bigint {
  return BigInt(digits === undefined || digits === "" ? 0 : digits);
}

function localPart(part: string): bigint | string {
  return /^\d+$/.test(part) ? BigInt(part) : part;
}
