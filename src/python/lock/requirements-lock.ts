import { basename } from "node:path";
import { TouchdownError } from "../../errors.ts";
import { evaluateMarker } from "../specifiers/evaluate-marker.ts";
import { markerEnvironment } from "../specifiers/marker-environment.ts";
import { readProject } from "../projects/pyproject.ts";
import type { RequirementsEntry } from "../projects/requirements-entry.ts";
import { readRequirementsFile } from "../projects/requirements-file.ts";
import { normalizeName } from "../wheel/wheel-name.ts";
import { byName } from "./by-name.ts";
import { filesSource } from "./files-source.ts";
import { fileNameOf, requireSha256, sha256Of } from "./locked-file.ts";
import type { LockedPackage, LockedSource, Selection } from "./locked.ts";
import { askedFor } from "./select.ts";
import { vcsSource } from "./vcs-source.ts";

/**
 * What a requirements file names that pins and hashes everything, with those it includes. Files of an index are known by
 * their hashes alone.
 *
 * @throws FILE_MISSING, FILE_READ, LOCK_AMBIGUOUS, LOCK_FORMAT, LOCK_HASH, LOCK_SELECTION, MARKER, REQUIREMENT
 * @source pip's documentation, “Secure installs”
 */
export function readRequirementsLock(path: string, selection: Selection): readonly LockedPackage[] {
  const { entries, indexes } = readRequirementsFile(path);
  askedFor(selection.extras, { known: [], what: "extra", file: path });
  askedFor(selection.groups, { known: [], what: "dependency group", file: path });
  const environment = markerEnvironment(selection.target, selection.onPatch);
  const packages = new Map<string, LockedPackage>();
  for (const entry of entries) {
    const { marker, place } = entry;
    if (marker !== undefined && !evaluateMarker(marker, environment, { place })) continue;
    const locked = lockedOf(entry, indexes);
    // two files may include the same line
    packages.set(JSON.stringify(locked), locked);
  }
  return byName([...packages.values()], { file: path });
}

function lockedOf(entry: RequirementsEntry, indexes: readonly string[]): LockedPackage {
  const { place, requirement } = entry;
  const source = sourceOf(entry, indexes);
  const name = entry.name ?? (source.kind === "directory" ? folderName(source.path) : undefined);
  if (name === undefined)
    throw new TouchdownError("LOCK_FORMAT", `${place} does not say the name of what it is`, {
      hint: "write it as NAME @ URL",
    });
  const version = requirement?.specifiers[0]?.version;
  return {
    name,
    ...(version === undefined ? {} : { version }),
    source,
  };
}

function sourceOf(entry: RequirementsEntry, indexes: readonly string[]): LockedSource {
  const { source, place, requirement } = entry;
  switch (source.kind) {
    case "directory":
      return {
        kind: "directory",
        path: source.path,
        ...(source.editable ? { editable: true } : {}),
      };
    case "vcs":
      return vcsSource({
        ...source,
        commit: source.commit ?? "",
        subdirectory: source.subdirectory,
        place,
      });
    case "file": {
      const [sha256, another] = hashesOf(entry);
      if (another !== undefined && another !== sha256)
        throw new TouchdownError("LOCK_FORMAT", `${place} is one file, and has several hashes`);
      const where = source.isUrl ? { url: source.place } : { path: source.place };
      const file = { name: fileNameOf(source.place), ...where, sha256: sha256 ?? "" };
      return filesSource([file], {
        name: entry.name ?? "",
        place,
        subdirectory: source.subdirectory,
      });
    }
    case "index": {
      const [pin] = requirement?.specifiers ?? [];
      if (
        pin === undefined ||
        !/^===?$/.test(pin.operator) ||
        pin.version.endsWith(".*") ||
        requirement?.specifiers.length !== 1
      ) {
        throw new TouchdownError("LOCK_FORMAT", `${place} is not pinned`, {
          hint: "pin it as NAME==VERSION --hash=sha256:…, or give the file as requirements, to be locked",
        });
      }
      return {
        kind: "hashes",
        sha256: hashesOf(entry),
        ...(indexes.length === 0 ? {} : { indexes }),
      };
    }
  }
}

/** What its pyproject.toml says; where only its setup.py could, the folder is called so in most cases. */
function folderName(folder: string): string {
  return readProject(folder).name ?? normalizeName(basename(folder));
}

/** At least one. */
function hashesOf({ hashes, place }: RequirementsEntry): readonly string[] {
  const known = hashes.map(sha256Of).filter((hash) => hash !== undefined);
  requireSha256(known[0], { place });
  return known;
}
