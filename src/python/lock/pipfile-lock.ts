import { dirname, resolve } from "node:path";
import { TouchdownError } from "../../errors.ts";
import { evaluateMarker, type MarkerEnvironment } from "../specifiers/evaluate-marker.ts";
import { parseMarker } from "../specifiers/marker.ts";
import { markerEnvironment } from "../specifiers/marker-environment.ts";
import { parseJson, type Table } from "../projects/table.ts";
import { normalizeName } from "../wheel/wheel-name.ts";
import { byName } from "./by-name.ts";
import { filesSource } from "./files-source.ts";
import { fileNameOf, isUrl, requireSha256, sha256Of } from "./locked-file.ts";
import type { LockedPackage, LockedSource, ReadOptions } from "./locked.ts";
import { askedFor, wrongPython } from "./select.ts";
import { vcsSource } from "./vcs-source.ts";

/**
 * What of a `Pipfile.lock` is to be installed: the packages, and those of the categories asked for as groups, where
 * `develop` may be called `dev` or `dev-packages` too. Files are known by their hashes alone.
 *
 * @throws LOCK_AMBIGUOUS, LOCK_FORMAT, LOCK_HASH, LOCK_PYTHON, LOCK_SELECTION, LOCK_VERSION, MARKER
 * @source pipenv's documentation, “Pipfile & Pipfile.lock”; pipfile-spec 6
 */
export function readPipfileLock(text: string, options: ReadOptions): readonly LockedPackage[] {
  const lock = parseJson(text, { file: options.path, code: "LOCK_FORMAT" });
  const { selection, path } = options;
  const meta = lock.table("_meta");
  if (meta === undefined) throw lock.refuse("_meta", "a table");
  checkVersion(meta);
  checkPython(meta.table("requires"), options);
  const known = lock.keys.filter((key) => key !== "_meta" && key !== "default");
  askedFor(selection.extras, { known: [], what: "extra", file: path });
  const asked = selection.groups.map((group) =>
    /^dev(?:-packages)?$/.test(group) && !known.includes(group) ? "develop" : group,
  );
  const groups = askedFor(asked, { known, what: "dependency group", file: path });
  const categories = ["default", ...known.filter((key) => groups.has(normalizeName(key)))];
  const environment = markerEnvironment(selection.target, selection.onPatch);
  const entries = new Map<string, Entry>();
  for (const category of categories) {
    for (const entry of entriesOf(lock.table(category))) {
      // a package that two categories have is locked once, in both
      if (applies(entry.table, environment))
        entries.set(`${entry.name} ${entry.version ?? ""}`, entry);
    }
  }
  return byName([...entries.values()], { file: path }).map(({ name, version, table }) => ({
    name,
    ...(version === undefined ? {} : { version }),
    source: sourceOf(name, table, { meta, path }),
  }));
}

function checkVersion(meta: Table): void {
  const version = meta.count("pipfile-spec");
  if (version === 6) return;
  if (version === undefined) throw meta.refuse("pipfile-spec", "6");
  const message = `${meta.place}.pipfile-spec is ${version}, and touchdown reads 6`;
  throw new TouchdownError("LOCK_VERSION", message, { hint: "lock again with pipenv lock" });
}

/** It is resolved for one Python: what another needs more is not in it. */
function checkPython(requires: Table | undefined, { selection }: ReadOptions): void {
  const key = ["python_full_version", "python_version"].find(
    (each) => requires?.string(each) !== undefined,
  );
  if (requires === undefined || key === undefined) return;
  const wanted = requires.string(key) ?? "";
  const runtime = `python${wanted.split(".").slice(0, 2).join(".")}`;
  if (wanted === "*" || runtime === selection.target.runtime) return;
  throw wrongPython(requires.keyPlace(key), wanted, selection.target);
}

interface Entry {
  readonly name: string;
  readonly version: string | undefined;
  readonly table: Table;
}

function entriesOf(category: Table | undefined): readonly Entry[] {
  return (category?.keys ?? []).flatMap((key) => {
    const table = category?.table(key)?.called(normalizeName(key));
    if (table === undefined) return [];
    const pin = table.string("version");
    return [{ name: normalizeName(key), version: pin?.replace(/^=+\s*/, ""), table }];
  });
}

function applies(table: Table, environment: MarkerEnvironment): boolean {
  const marker = table.string("markers");
  if (marker === undefined) return true;
  const place = table.keyPlace("markers");
  return evaluateMarker(parseMarker(marker, { place }), environment, { place });
}

function sourceOf(
  name: string,
  table: Table,
  options: { readonly meta: Table; readonly path: string },
): LockedSource {
  const git = table.string("git");
  const subdirectory = table.string("subdirectory");
  if (git !== undefined)
    return vcsSource({
      type: "git",
      url: git.replace(/^git\+/, ""),
      commit: table.requiredString("ref"),
      subdirectory,
      place: table.place,
    });
  const place = table.string("path") ?? table.string("file");
  const hashes = table.strings("hashes") ?? [];
  if (place !== undefined) return fileOrFolder(name, table, { ...options, place });
  const sha256 = hashes.map(sha256Of).filter((hash) => hash !== undefined);
  requireSha256(sha256[0], { place: table.place });
  // what was left out where it was locked has no version: no matter where it is left out here too
  if (!/^===?[^*,]+$/.test(table.requiredString("version")))
    throw table.refuse("version", "`==` and a version");
  const indexes = indexesFor(table.string("index"), options.meta);
  return { kind: "hashes", sha256, ...(indexes.length === 0 ? {} : { indexes }) };
}

function fileOrFolder(
  name: string,
  table: Table,
  options: { readonly path: string; readonly place: string },
): LockedSource {
  const { place } = options;
  const local = isUrl(place) ? undefined : resolve(dirname(options.path), place);
  if (local !== undefined && !/\.(?:whl|zip|tar\.\w+|tgz)$/.test(local)) {
    const editable = table.boolean("editable") === true ? { editable: true } : {};
    return { kind: "directory", path: local, ...editable };
  }
  const [hash] = (table.strings("hashes") ?? []).map(sha256Of);
  const sha256 = requireSha256(hash, { place: table.place });
  const where = local === undefined ? { url: place } : { path: local };
  return filesSource([{ name: fileNameOf(place), ...where, sha256 }], { name, place: table.place });
}

/** The urls of the source that is named, or of all. One may hold `${VARIABLES}`: those are the machine's affair. */
function indexesFor(name: string | undefined, meta: Table): readonly string[] {
  return meta
    .tables("sources")
    .filter((source) => name === undefined || source.string("name") === name)
    .flatMap((source) => source.string("url") ?? [])
    .filter((url) => !url.includes("${"));
}
