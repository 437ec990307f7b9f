import { readFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { TouchdownError } from "../../errors.ts";
import { errorName, systemReason } from "../../host/system-error.ts";
import { withoutCredentials } from "../uv/credentials.ts";
import { requirementsLines } from "./requirements-lines.ts";
import { parseRequirementsLine, type RequirementsEntry } from "./requirements-entry.ts";

/** A requirements file, and all that it includes. */
export interface RequirementsFile {
  /** Everything is pinned, and every file it may come from is hashed: it is a lock. */
  readonly isLock: boolean;
  /** Absolute: the file itself, then what `-r` and `-c` include, each once. */
  readonly files: readonly string[];
  /** Absolute folders of local projects, each once. */
  readonly projects: readonly string[];
  /** What is to be installed, in the order of the lines; not what constraints name. */
  readonly entries: readonly RequirementsEntry[];
  /** `--index-url` and then `--extra-index-url`, as written. */
  readonly indexes: readonly string[];
}

/**
 * Read a requirements file. What is fetched from elsewhere (`-r https://…`) is refused: its contents could change.
 *
 * @param path                 absolute
 * @param options.environment  for `${NAME}`; default: this process's
 * @throws FILE_MISSING, FILE_READ, MARKER, REQUIREMENT
 * @source pip's documentation, “Requirements File Format”
 */
export function readRequirementsFile(
  path: string,
  options: { readonly environment?: NodeJS.ProcessEnv } = {},
): RequirementsFile {
  const reading: Reading = {
    environment: options.environment ?? process.env,
    files: new Set(),
    entries: [],
    index: [],
    extraIndexes: [],
  };
  visit(path, "requirements", reading);
  const { entries, files } = reading;
  const projects = entries.flatMap(({ source }) =>
    source.kind === "directory" ? [source.path] : [],
  );
  return {
    isLock: entries.some(({ hashes }) => hashes.length > 0) && entries.every(isLocked),
    files: [...files],
    projects: [...new Set(projects)],
    entries,
    indexes: [...reading.index.slice(-1), ...reading.extraIndexes],
  };
}

interface Reading {
  readonly environment: NodeJS.ProcessEnv;
  readonly files: Set<string>;
  readonly entries: RequirementsEntry[];
  readonly index: string[];
  readonly extraIndexes: string[];
}

function visit(path: string, as: "requirements" | "constraints", reading: Reading): void {
  if (reading.files.has(path)) return;
  reading.files.add(path);
  const folder = dirname(path);
  for (const raw of requirementsLines(readText(path))) {
    const line = parseRequirementsLine(expand(raw, reading.environment), { file: path, folder });
    switch (line.kind) {
      case "include":
        visit(
          localPath(line.place, { file: path, folder }),
          as === "constraints" ? as : line.as,
          reading,
        );
        break;
      case "index":
        (line.extra ? reading.extraIndexes : reading.index).push(line.url);
        break;
      case "entry":
        if (as === "requirements") reading.entries.push(line.entry);
        break;
      case "setting":
        break;
    }
  }
}

/** Folders have no hash: what is in them is hashed when they are built. */
function isLocked({ source, requirement, hashes }: RequirementsEntry): boolean {
  if (source.kind === "directory") return true;
  if (source.kind === "vcs") return /^[0-9a-f]{40}$/.test(source.commit ?? "");
  if (hashes.length === 0) return false;
  if (source.kind === "file") return true;
  const [pin, another] = requirement?.specifiers ?? [];
  if (pin === undefined || another !== undefined) return false;
  return pin.operator === "===" || (pin.operator === "==" && !pin.version.endsWith(".*"));
}

function localPath(
  place: string,
  { file, folder }: { readonly file: string; readonly folder: string },
): string {
  if (/^https?:/i.test(place)) {
    throw new TouchdownError(
      "REQUIREMENT",
      `${file} includes ${withoutCredentials(place)}, which is on another machine`,
      {
        hint: "keep a copy beside it and include that: what is elsewhere can change without a trace",
      },
    );
  }
  return place.startsWith("file:") ? fileURLToPath(place) : resolve(folder, place);
}

/** Only `${NAME}` in capitals is a variable; one that is not set stays as it is. */
function expand(line: string, environment: NodeJS.ProcessEnv): string {
  return line.replaceAll(
    /\$\{([A-Z0-9_]+)\}/g,
    (whole, name: string) => environment[name] || whole,
  );
}

function readText(path: string): string {
  try {
    return decode(readFileSync(path));
  } catch (cause) {
    const missing = errorName(cause) === "ENOENT";
    throw new TouchdownError(
      missing ? "FILE_MISSING" : "FILE_READ",
      missing ? `there is no file ${path}` : `cannot read ${path}: ${systemReason(cause)}`,
      { cause },
    );
  }
}

/** By its byte order mark, by a comment as in PEP 263 in its first two lines, or as UTF-8. */
function decode(bytes: Buffer): string {
  const [first, second] = bytes;
  if (first === 0xff && second === 0xfe) return new TextDecoder("utf-16le").decode(bytes);
  if (first === 0xfe && second === 0xff) return new TextDecoder("utf-16be").decode(bytes);
  const head = bytes.subarray(0, 400).toString("latin1").split("\n").slice(0, 2);
  const named = head.map((line) => /^\s*#.*coding[:=]\s*([-\w.]+)/.exec(line)?.[1]);
  const encoding = named.find((each) => each !== undefined) ?? "utf-8";
  return new TextDecoder(/^latin[-_]?1$/i.test(encoding) ? "iso-8859-1" : encoding).decode(bytes);
}
