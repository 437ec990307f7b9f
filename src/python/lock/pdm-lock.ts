import { dirname, resolve } from "node:path";
import { TouchdownError } from "../../errors.ts";
import { evaluateMarker } from "../specifiers/evaluate-marker.ts";
import { parseMarker } from "../specifiers/marker.ts";
import { markerEnvironment, pythonFullVersion } from "../specifiers/marker-environment.ts";
import { parseSpecifiers, satisfies } from "../specifiers/specifier.ts";
import { parseToml, type Table } from "../projects/table.ts";
import { factsOf, type Target } from "../wheel/targets.ts";
import { normalizeName } from "../wheel/wheel-name.ts";
import { byName } from "./by-name.ts";
import { filesSource } from "./files-source.ts";
import { fileNameOf, isUrl, requireSha256, sha256Of } from "./locked-file.ts";
import type { LockedFile, LockedPackage, LockedSource, ReadOptions } from "./locked.ts";
import { askedFor, checkPython, wrongPython, wrongTarget } from "./select.ts";
import { vcsSource } from "./vcs-source.ts";

/**
 * What of a `pdm.lock` is to be installed, without the project itself: the group `default`, and the extras and groups
 * asked for, which pdm calls groups, both.
 *
 * @throws LOCK_AMBIGUOUS, LOCK_FORMAT, LOCK_HASH, LOCK_PYTHON, LOCK_SELECTION, LOCK_TARGET, LOCK_VERSION, MARKER
 * @source PDM's documentation, “Lock file”; the files that PDM 2.12 and later write
 */
export function readPdmLock(text: string, options: ReadOptions): readonly LockedPackage[] {
  const lock = parseToml(text, { file: options.path, code: "LOCK_FORMAT" });
  const { selection, path } = options;
  const { target, onPatch } = selection;
  const metadata = lock.table("metadata");
  if (metadata === undefined) throw lock.refuse("metadata", "a table");
  checkVersion(metadata);
  checkTargets(metadata, target);
  const groups = groupsOf(metadata, options);
  const environment = markerEnvironment(target, onPatch);
  const entries = lock
    .tables("package")
    .map(entryOf)
    .filter(({ table }) => {
      if (!(table.strings("groups") ?? []).some((group) => groups.has(normalizeName(group))))
        return false;
      const [marker, place] = [table.string("marker"), table.keyPlace("marker")];
      return (
        marker === undefined ||
        evaluateMarker(parseMarker(marker, { place }), environment, { place })
      );
    });
  // `httpx[http2]` has an entry of its own, beside that of `httpx`, with the same files
  const bare = entries.filter(({ table }) => (table.strings("extras") ?? []).length === 0);
  const names = new Set(bare.map(({ name }) => name));
  const alone = entries.filter(({ name }) => !names.has(name));
  return byName([...bare, ...uniqueByName(alone)], { file: path }).map((entry) => {
    checkPython(entry.table, "requires_python", { target });
    const source = sourceOf(entry, path);
    return {
      name: entry.name,
      ...(entry.version === undefined || source.kind === "directory"
        ? {}
        : { version: entry.version }),
      source,
    };
  });
}

/** 4.4 is of PDM 2.9–2.16, 4.5 of those after. */
function checkVersion(metadata: Table): void {
  const version = metadata.requiredString("lock_version");
  if (!/^4\.[45](?:\.\d+)?$/.test(version)) {
    const message = `${metadata.place}.lock_version is ${JSON.stringify(version)}, and touchdown reads 4.4 and 4.5`;
    throw new TouchdownError("LOCK_VERSION", message, {
      hint: "use a newer touchdown, or lock again with pdm lock",
    });
  }
  if ((metadata.strings("strategy") ?? []).includes("inherit_metadata")) return;
  const message = `${metadata.place}.strategy has no inherit_metadata: the lock does not say which group a package is in`;
  throw new TouchdownError("LOCK_FORMAT", message, {
    hint: "run pdm lock --update-reuse --strategy inherit_metadata",
  });
}

/** For which Pythons and platforms it was resolved; a lock that does not say is for all. */
function checkTargets(metadata: Table, target: Target): void {
  const targets = metadata.tables("targets");
  if (targets.length === 0) return;
  const python = targets.filter((each) => {
    const range = each.string("requires_python");
    const specifiers = range === undefined || range === "" ? [] : parseSpecifiers(range);
    if (specifiers === undefined) throw each.refuse("requires_python", "a range of versions");
    return satisfies(pythonFullVersion(target), specifiers);
  });
  const [first] = targets;
  if (python.length === 0) {
    const ranges = targets.map((each) => each.string("requires_python")).join(" or ");
    throw wrongPython(first?.keyPlace("requires_python") ?? metadata.place, ranges, target);
  }
  const { machine } = factsOf(target);
  const fits = python.some((each) => {
    const platform = each.string("platform") ?? "linux";
    const isOther =
      /_(?:x86_64|aarch64|amd64|arm64|i686|armv7l)$/.test(platform) && !platform.endsWith(machine);
    return /^(?:many)?linux/.test(platform) && !isOther;
  });
  if (!fits) throw wrongTarget(metadata, "targets", target);
}

function groupsOf(metadata: Table, { path, selection }: ReadOptions): ReadonlySet<string> {
  const known = (metadata.strings("groups") ?? []).filter((group) => group !== "default");
  const extras = askedFor(selection.extras, { known, what: "extra", file: path });
  const groups = askedFor(selection.groups, { known, what: "dependency group", file: path });
  return new Set(["default", ...extras, ...groups]);
}

interface Entry {
  readonly name: string;
  readonly version: string | undefined;
  readonly table: Table;
}

function entryOf(raw: Table): Entry {
  const name = normalizeName(raw.requiredString("name"));
  const version = raw.string("version");
  return { name, version, table: raw.called([name, version].join(" ").trim()) };
}

function uniqueByName(entries: readonly Entry[]): readonly Entry[] {
  return [
    ...new Map(entries.map((entry) => [`${entry.name} ${entry.version ?? ""}`, entry])).values(),
  ];
}

function sourceOf({ name, table }: Entry, lockPath: string): LockedSource {
  const git = table.string("git");
  const subdirectory = table.string("subdirectory");
  if (git !== undefined)
    return vcsSource({
      type: "git",
      url: git,
      commit: table.requiredString("revision"),
      subdirectory,
      place: table.place,
    });
  const [url, path] = [table.string("url"), table.string("path")];
  const local = path === undefined ? undefined : resolve(dirname(lockPath), path);
  if (local !== undefined && !/\.(?:whl|zip|tar\.\w+|tgz)$/.test(local)) {
    const editable = table.boolean("editable") === true ? { editable: true } : {};
    return { kind: "directory", path: local, ...editable };
  }
  const place = url !== undefined ? { url } : local !== undefined ? { path: local } : {};
  const files = table.tables("files").map((file) => fileOf(file, place));
  return filesSource(files, { name, place: table.place, subdirectory });
}

/** With the strategy static_urls a file has its url, without it its name. */
function fileOf(file: Table, place: Pick<LockedFile, "url" | "path">): LockedFile {
  const sha256 = requireSha256(sha256Of(file.string("hash") ?? ""), { place: file.place });
  const url = file.string("url");
  if (url !== undefined && isUrl(url))
    return { name: file.string("file") ?? fileNameOf(url), url, sha256 };
  return { name: file.requiredString("file"), ...place, sha256 };
}
