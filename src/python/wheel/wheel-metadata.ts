import { TouchdownError } from "../../errors.ts";
import { normalizeName } from "./wheel-name.ts";

/** What a METADATA file says that others need. */
export interface WheelMetadata {
  /** Normalised as in PEP 503. */
  readonly name: string;
  readonly version: string;
  /** `Requires-Dist` as written: PEP 508. */
  readonly requires: readonly string[];
  readonly requiresPython?: string;
}

/**
 * Find a wheel's one dist-info folder.
 *
 * @returns  `six-1.16.0.dist-info`
 * @throws WHEEL_FORMAT
 * @source Binary distribution format, "File contents" (packaging.python.org; PEP 427)
 */
export function findDistInfo(paths: readonly string[]): string {
  const folders = new Set<string>();
  for (const path of paths) {
    const end = path.indexOf("/");
    if (end !== -1 && path.endsWith(".dist-info", end)) folders.add(path.slice(0, end));
  }
  const [first, second] = folders;
  if (first === undefined) throw refusal("it has no .dist-info folder");
  if (second !== undefined) throw refusal(`it has two .dist-info folders, ${first} and ${second}`);
  return first;
}

/**
 * Read METADATA and refuse one of another distribution than the file's name says.
 *
 * @throws WHEEL_FORMAT
 * @source Core metadata specifications (packaging.python.org; PEP 566)
 */
export function readMetadata(text: string, expected: { readonly name: string }): WheelMetadata {
  const headers = headersOf(text);
  const [name, version] = ["name", "version"].map((key) => headers.get(key)?.[0]);
  if (!name || !version) throw refusal(`its METADATA has no ${name ? "Version" : "Name"}`);
  if (normalizeName(name) !== expected.name) {
    throw refusal(`its METADATA is that of ${JSON.stringify(name)}`);
  }
  const requiresPython = headers.get("requires-python")?.[0];
  return {
    name: expected.name,
    version,
    requires: headers.get("requires-dist") ?? [],
    ...(requiresPython === undefined ? {} : { requiresPython }),
  };
}

/**
 * Refuse a wheel of a later major version of the format: it may mean something else.
 *
 * @throws WHEEL_FORMAT
 */
export function checkWheelVersion(text: string): void {
  const version = headersOf(text).get("wheel-version")?.[0];
  if (version === undefined) throw refusal("its WHEEL names no Wheel-Version");
  if (/^1(?:\.\d+)*$/u.test(version)) return;
  throw refusal(`its Wheel-Version is ${JSON.stringify(version)}, and only 1 is known`);
}

/** Header fields as of e-mail, by lower-case name; long ones go on in lines that begin with a space. */
function headersOf(text: string): ReadonlyMap<string, readonly string[]> {
  const headers = new Map<string, string[]>();
  let last: string[] | undefined;
  for (const line of text.split(/\r?\n/u)) {
    // after the first empty line comes the description
    if (line === "") break;
    if (/^[ \t]/u.test(line)) {
      last?.push(`${last.pop() ?? ""} ${line.trim()}`);
      continue;
    }
    const [, name, value] = /^([^:\s]+)[ \t]*:(.*)$/u.exec(line) ?? [];
    if (name === undefined || value === undefined) continue;
    last = headers.get(name.toLowerCase()) ?? [];
    headers.set(name.toLowerCase(), last);
    last.push(value.trim());
  }
  return headers;
}

function refusal(problem: string): TouchdownError {
  return new TouchdownError("WHEEL_FORMAT", problem);
}
