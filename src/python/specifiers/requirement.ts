import { TouchdownError } from "../../errors.ts";
import { withoutCredentials } from "../uv/credentials.ts";
import { readMarker, type Marker } from "./marker.ts";
import { normalizeName } from "../wheel/wheel-name.ts";
import { Scanner, SyntaxProblem } from "./scanner.ts";
import { parseSpecifiers, specifierPattern, type Specifier } from "./specifier.ts";

/** What PEP 508 calls a dependency specifier: `requests[socks]>=2.8; python_version < "3.11"`. */
export interface Requirement {
  /** Normalised. */
  readonly name: string;
  /** Normalised, sorted, each once. */
  readonly extras: readonly string[];
  readonly specifiers: readonly Specifier[];
  /** As written, where it is `name @ url`. */
  readonly url?: string;
  readonly marker?: Marker;
}

/**
 * Read one requirement, whole.
 *
 * @param options.place  what the message begins with: the file, and where in it
 * @throws REQUIREMENT
 * @source PyPA “Dependency specifiers” (PEP 508), grammar
 */
export function parseRequirement(text: string, options: { readonly place: string }): Requirement {
  try {
    return readRequirement(new Scanner(text));
  } catch (error) {
    if (!(error instanceof SyntaxProblem)) throw error;
    const message = `${options.place}: ${JSON.stringify(text)} is not a requirement: ${error.message}`;
    throw new TouchdownError("REQUIREMENT", withoutCredentials(message), {
      hint: 'write it as in: requests[socks] >=2.8, <3 ; python_version < "3.11"',
    });
  }
}

function readRequirement(scanner: Scanner): Requirement {
  scanner.skipSpaces();
  const name = readName(scanner, "a package's name");
  scanner.skipSpaces();
  const extras = readExtras(scanner);
  scanner.skipSpaces();
  const url = readUrl(scanner);
  const specifiers = url === undefined ? readSpecifiers(scanner) : [];
  scanner.skipSpaces();
  const marker = scanner.take(/;/y) === undefined ? undefined : readMarker(scanner);
  scanner.skipSpaces();
  if (!scanner.atEnd)
    throw scanner.expected(marker === undefined ? "`,`, `;` or the end" : "`and`, `or` or the end");
  return {
    name,
    extras,
    specifiers,
    ...(url === undefined ? {} : { url }),
    ...(marker === undefined ? {} : { marker }),
  };
}

function readName(scanner: Scanner, what: string): string {
  const name = scanner.take(/\b[a-z0-9][a-z0-9._-]*\b/iy);
  if (name === undefined) throw scanner.expected(what);
  return normalizeName(name);
}

function readExtras(scanner: Scanner): readonly string[] {
  if (scanner.take(/\[[ \t]*/y) === undefined) return [];
  if (scanner.take(/\]/y) !== undefined) return [];
  const extras = new Set<string>();
  do {
    scanner.skipSpaces();
    extras.add(readName(scanner, "an extra's name"));
    scanner.skipSpaces();
  } while (scanner.take(/,/y) !== undefined);
  if (scanner.take(/\]/y) === undefined) throw scanner.expected("`,` or `]`");
  return [...extras].toSorted();
}

/** A url ends at the first space: a `;` that is to begin a marker needs one before it. */
function readUrl(scanner: Scanner): string | undefined {
  if (scanner.take(/@[ \t]*/y) === undefined) return undefined;
  const url = scanner.take(/[^ \t]+/y);
  if (url === undefined) throw scanner.expected("a url");
  return url;
}

const clause = new RegExp(specifierPattern, "iy");

function readSpecifiers(scanner: Scanner): readonly Specifier[] {
  const inParentheses = scanner.take(/\([ \t]*/y) !== undefined;
  const specifiers: Specifier[] = [];
  for (let text = scanner.take(clause); text !== undefined; text = scanner.take(clause)) {
    // `===` takes everything up to a space, commas too
    const clauses = parseSpecifiers(text);
    if (clauses === undefined) throw scanner.expected("a space after a `===` clause");
    specifiers.push(...clauses);
    scanner.skipSpaces();
    if (scanner.take(/,[ \t]*/y) === undefined) break;
  }
  if (inParentheses && scanner.take(/\)/y) === undefined) throw scanner.expected("`)`");
  return specifiers;
}
