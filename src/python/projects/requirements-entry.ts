import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { TouchdownError } from "../../errors.ts";
import { withoutCredentials } from "../uv/credentials.ts";
import { parseRequirement, type Requirement } from "../specifiers/requirement.ts";
import { parseMarker, type Marker } from "../specifiers/marker.ts";
import { normalizeName } from "../wheel/wheel-name.ts";

/** What one line of a requirements file asks for. */
export interface RequirementsEntry {
  /** Normalised; none where only building it would tell. */
  readonly name: string | undefined;
  /** Where the line is a PEP 508 requirement. */
  readonly requirement: Requirement | undefined;
  readonly marker: Marker | undefined;
  readonly source: EntrySource;
  /** As written: `sha256:…`. */
  readonly hashes: readonly string[];
  /** For messages: the file, and the line's text without hashes. */
  readonly place: string;
}

export type EntrySource =
  | { readonly kind: "index" }
  /** A wheel or an sdist; `place` is a url or an absolute path. */
  | {
      readonly kind: "file";
      readonly place: string;
      readonly isUrl: boolean;
      readonly subdirectory?: string;
    }
  | { readonly kind: "directory"; readonly path: string; readonly editable: boolean }
  | {
      readonly kind: "vcs";
      readonly type: string;
      readonly url: string;
      readonly commit?: string;
      readonly subdirectory?: string;
    };

export type RequirementsLine =
  | {
      readonly kind: "include";
      readonly place: string;
      readonly as: "requirements" | "constraints";
    }
  | { readonly kind: "index"; readonly url: string; readonly extra: boolean }
  /** Of no concern to what is locked: `--pre`, `--find-links`, … */
  | { readonly kind: "setting" }
  | { readonly kind: "entry"; readonly entry: RequirementsEntry };

/** Options that stand alone on a line, without argument or with one. @source pip's documentation, as above */
const settings =
  /^--(?:pre|no-index|prefer-binary|require-hashes|no-binary|only-binary|find-links|trusted-host|use-feature|no-deps)$/;

/**
 * @param options.file    for messages
 * @param options.folder  absolute; what paths are relative to
 * @throws MARKER, REQUIREMENT
 */
export function parseRequirementsLine(
  line: string,
  options: { readonly file: string; readonly folder: string },
): RequirementsLine {
  if (!line.startsWith("-")) return { kind: "entry", entry: entryOf(line, false, options) };
  const [, option = "", argument = ""] =
    /^(--[a-z-]+|-[A-Za-z])(?:\s*=\s*|\s*)(.*)$/s.exec(line) ?? [];
  const value = unquoted(argument);
  switch (option) {
    case "-r":
    case "--requirement":
      return { kind: "include", place: value, as: "requirements" };
    case "-c":
    case "--constraint":
      return { kind: "include", place: value, as: "constraints" };
    case "-i":
    case "--index-url":
    case "--pypi-url":
      return { kind: "index", url: value, extra: false };
    case "--extra-index-url":
      return { kind: "index", url: value, extra: true };
    case "-e":
    case "--editable":
      return { kind: "entry", entry: entryOf(argument, true, options) };
    case "-f":
      return { kind: "setting" };
    default:
      if (settings.test(option)) return { kind: "setting" };
      throw new TouchdownError(
        "REQUIREMENT",
        `${options.file}: ${option || line} is no option of requirements files`,
      );
  }
}

function entryOf(
  line: string,
  editable: boolean,
  options: { readonly file: string; readonly folder: string },
): RequirementsEntry {
  const [text = "", ...words] = line.split(/\s+(?=--?[a-z])/);
  const hashes = words.flatMap((word) => /^--hash[=\s]\s*(\S+)$/.exec(word)?.[1] ?? []);
  const place = `${options.file}: ${withoutCredentials(text)}`;
  const named = /^[A-Za-z0-9][\w.-]*\s*(?:\[[^\]]*\]\s*)?@/.test(text);
  if (!named && (editable || isPlace(text)))
    return {
      requirement: undefined,
      hashes,
      place,
      ...placedEntry(text, { ...options, editable, place }),
    };
  const requirement = parseRequirement(text, { place: options.file });
  const source =
    requirement.url === undefined ? undefined : sourceOf(requirement.url, { ...options, editable });
  return {
    name: requirement.name,
    requirement,
    marker: requirement.marker,
    source: source ?? { kind: "index" },
    hashes,
    place,
  };
}

/** `./lib`, `lib/`, `x.whl`, `https://…`, `git+ssh://…`; not `lib`, which is a distribution's name. */
function isPlace(text: string): boolean {
  const [first = ""] = text.split(/\s+;|;\s/);
  return (
    /^[a-z][a-z0-9+.-]*:/i.test(first) ||
    /[\\/]|^\.{1,2}(?:\[|$)|\.(?:whl|zip|tar\.gz)$/.test(first)
  );
}

function placedEntry(
  text: string,
  options: { readonly folder: string; readonly editable: boolean; readonly place: string },
): Pick<RequirementsEntry, "name" | "marker" | "source"> {
  const [, place = text, marker] = /^(.*?)\s+;\s*(.*)$/s.exec(text) ?? [];
  const source = sourceOf(unquoted(place).replace(/\[[^\]]*\]$/, ""), options);
  const egg = /[#&]egg=([A-Za-z0-9._-]+)/.exec(place)?.[1];
  const wheel =
    source.kind === "file"
      ? /([^/\\]+?)-[^/\\]*\.whl(?:$|[#?])/.exec(source.place)?.[1]
      : undefined;
  const name = egg ?? wheel;
  return {
    name: name === undefined ? undefined : normalizeName(name),
    marker: marker === undefined ? undefined : parseMarker(marker, options),
    source,
  };
}

function sourceOf(
  text: string,
  { folder, editable }: { readonly folder: string; readonly editable: boolean },
): EntrySource {
  const subdirectory = /[#&]subdirectory=([^&]+)/.exec(text)?.[1];
  const within = subdirectory === undefined ? {} : { subdirectory };
  const [, type, address = ""] = /^(git|hg|svn|bzr)\+([^#]*)/.exec(text) ?? [];
  if (type !== undefined) {
    // the last `@` after the host: the one before it belongs to user and password
    const [, url = address, commit] = /^([a-z]+:\/\/[^/]*\/.*)@([^@/]+)$/.exec(address) ?? [];
    return { kind: "vcs", type, url, ...(commit === undefined ? {} : { commit }), ...within };
  }
  const plain = text.replace(/#.*$/, "");
  if (/^https?:/i.test(plain)) return { kind: "file", place: plain, isUrl: true, ...within };
  const path = plain.startsWith("file:///")
    ? fileURLToPath(plain)
    : resolve(folder, localName(plain));
  if (/\.(?:whl|zip|tar\.\w+|tgz)$/.test(path))
    return { kind: "file", place: path, isUrl: false, ...within };
  return { kind: "directory", path, editable };
}

/** Of an address that begins with `file:` the escapes count, as they do for pip and uv; of a path they are letters. */
function localName(place: string): string {
  if (!place.startsWith("file:")) return place;
  const path = place.replace(/^file:(?:\/\/)?/u, "");
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

function unquoted(text: string): string {
  return text.trim().replace(/^(["'])(.*)\1$/s, "$2");
}
