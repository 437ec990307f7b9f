import { parseSpecifier, satisfies, type Specifier } from "./specifier.ts";
import { parseVersion, type Version } from "./version.ts";

/**
 * Whether a version is in a range as poetry writes ranges: `^1.2`, `~1.2`, `1.*`, `>=1,<2 || ==3.*`, `*`, and `1.2`
 * alone, which is exactly that.
 *
 * @returns `undefined` where the range can't be read
 * @source  poetry's documentation, “Dependency specification”
 */
export function inPoetryRange(version: string, range: string): boolean | undefined {
  const alternatives = range.trim().split(/\s*\|\|?\s*/);
  let found = false;
  for (const alternative of alternatives) {
    const clauses = clausesOf(alternative);
    if (clauses === undefined || (alternative === "" && alternatives.length > 1)) return undefined;
    found ||= satisfies(version, clauses);
  }
  return found;
}

/** All of which must hold: commas, or spaces between clauses, are “and”. */
function clausesOf(text: string): readonly Specifier[] | undefined {
  const joined = text.trim().replaceAll(/([<>=!~^])\s+/g, "$1");
  const clauses: Specifier[] = [];
  for (const clause of joined.split(/\s*,\s*|\s+/)) {
    const specifiers = clauseOf(clause);
    if (specifiers === undefined) return undefined;
    clauses.push(...specifiers);
  }
  return clauses;
}

function clauseOf(clause: string): readonly Specifier[] | undefined {
  if (clause === "" || clause === "*") return [];
  const [, sign = "", text = ""] = /^(\^|~(?!=)|)(.*)$/s.exec(clause) ?? [];
  const version = parseVersion(text);
  if (sign !== "") return version === undefined ? undefined : between(version, text, sign);
  const specifier =
    parseSpecifier(clause) ?? parseSpecifier(/^\d|^v\d/.test(clause) ? `==${clause}` : "");
  return specifier === undefined ? undefined : [specifier];
}

/** `^1.2` up to the next change of the first number that is not 0, `~1.2` up to that of the second. */
function between(version: Version, text: string, sign: string): readonly Specifier[] {
  const { release, epoch } = version;
  const firstSet = release.findIndex((number) => number !== 0n);
  const caret = firstSet === -1 ? release.length - 1 : firstSet;
  const tilde = Math.min(1, release.length - 1);
  const index = sign === "^" ? caret : tilde;
  const next = release
    .slice(0, index + 1)
    .map((number, at) => (at === index ? number + 1n : number));
  return [
    { operator: ">=", version: text },
    { operator: "<", version: `${epoch}!${next.join(".")}.dev0` },
  ];
}
