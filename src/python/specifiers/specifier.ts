import {
  comparePublic,
  compareReleases,
  compareVersions,
  localVersion,
  parseVersion,
  publicVersion,
  type Version,
} from "./version.ts";

export type SpecifierOperator = "===" | "==" | "~=" | "!=" | "<=" | ">=" | "<" | ">";

/** One clause, such as `>=1.2` or `==1.*`. */
export interface Specifier {
  readonly operator: SpecifierOperator;
  /** As written. */
  readonly version: string;
}

/** One clause wherever it stands in a text; each operator takes its own kinds of version. */
export const specifierPattern = [
  "===\\s*[^\\s;)]*",
  `(?:==|!=)\\s*(?:v?(?:[0-9]+!)?[0-9]+(?:\\.[0-9]+)*\\.\\*|${publicVersion}(?:${localVersion})?)`,
  `~=\\s*(?=v?(?:[0-9]+!)?[0-9]+\\.[0-9])${publicVersion}`,
  `(?:<=|>=|<|>)\\s*${publicVersion}`,
].join("|");

const single = new RegExp(`^\\s*(?:${specifierPattern})\\s*$`, "i");
const pieces = /^\s*(===|==|~=|!=|<=|>=|<|>)\s*(.*?)\s*$/s;

/**
 * @returns `undefined` where the text is not one clause
 * @source  PEP 440, “Version specifiers”
 */
export function parseSpecifier(text: string): Specifier | undefined {
  if (!single.test(text)) return undefined;
  const [, operator, version] = pieces.exec(text) ?? [];
  return { operator: operator as SpecifierOperator, version: version ?? "" };
}

/** Clauses with commas between them; no clause at all takes every version. */
export function parseSpecifiers(text: string): readonly Specifier[] | undefined {
  const specifiers: Specifier[] = [];
  for (const clause of text.split(",")) {
    if (clause.trim() === "") continue;
    const specifier = parseSpecifier(clause);
    if (specifier === undefined) return undefined;
    specifiers.push(specifier);
  }
  return specifiers;
}

/** Whether every clause takes the version. Pre-releases count as versions like all others: a lock has chosen already. */
export function satisfies(version: string, specifiers: readonly Specifier[]): boolean {
  const parsed = parseVersion(version);
  return specifiers.every((specifier) => {
    if (specifier.operator === "===")
      return version.toLowerCase() === specifier.version.toLowerCase();
    return parsed !== undefined && matches(parsed, specifier);
  });
}

function matches(version: Version, { operator, version: text }: Specifier): boolean {
  const prefix = text.endsWith(".*");
  const wanted = parseVersion(prefix ? text.slice(0, -2) : text);
  if (wanted === undefined) return false;
  switch (operator) {
    case "==":
      return prefix ? hasPrefix(version, wanted) : isSame(version, wanted);
    case "!=":
      return !(prefix ? hasPrefix(version, wanted) : isSame(version, wanted));
    case "~=":
      return comparePublic(version, wanted) >= 0 && hasPrefix(version, withoutLast(wanted));
    case ">=":
      return comparePublic(version, wanted) >= 0;
    case "<=":
      return comparePublic(version, wanted) <= 0;
    case ">":
      return comparePublic(version, wanted) > 0 && !isPostOf(version, wanted);
    case "<":
      return comparePublic(version, beforeItsOwnPre(wanted)) < 0;
    case "===":
      return false; // compares texts, in `satisfies`
  }
}

/** A local part counts only where the clause has one. */
function isSame(version: Version, wanted: Version): boolean {
  const compare = wanted.local === undefined ? comparePublic : compareVersions;
  return compare(version, wanted) === 0;
}

/** `1` has the prefix `1.0`, as if it were `1.0`. */
function hasPrefix(version: Version, wanted: Version): boolean {
  const { length } = wanted.release;
  return (
    version.epoch === wanted.epoch &&
    compareReleases(version.release.slice(0, length), wanted.release) === 0
  );
}

function withoutLast(version: Version): Version {
  return { epoch: version.epoch, release: version.release.slice(0, -1) };
}

/** `>1.7` does not take `1.7.post1`, `>1.7.post1` does take `1.7.post2`. */
function isPostOf(version: Version, wanted: Version): boolean {
  if (version.post === undefined || wanted.post !== undefined || wanted.dev !== undefined)
    return false;
  const { post: _post, dev: _dev, local: _local, ...base } = version;
  return comparePublic(base, wanted) === 0;
}

/** `<1.0` does not take `1.0a1`, `<1.0b1` does. */
function beforeItsOwnPre(wanted: Version): Version {
  return wanted.pre === undefined && wanted.dev === undefined ? { ...wanted, dev: 0n } : wanted;
}
