import { fileURLToPath } from "node:url";
import { parse } from "smol-toml";
import { TouchdownError } from "../errors.ts";
import { buildRequiresOf, legacyBuildRequires } from "./project-inputs.ts";
import { readSdistFile } from "./sdist-file.ts";
import { isTable, tableOf, type Table } from "./toml-table.ts";

/** An sdist that a lock names. */
export type SdistFile = {
  /** For example `six-1.16.0.tar.gz`. */
  readonly name: string;
  readonly url: string;
  /** In bytes. */
  readonly size?: number;
  /** As 64 hex digits. */
  readonly sha256: string;
};

/** Gets files: the path of each, by its sha256. */
export type FetchSdists = (files: readonly SdistFile[]) => Promise<ReadonlyMap<string, string>>;

/**
 * What the builds of those packages need of which a lock has no wheel at all.
 *
 * @param lock  a pylock.toml, parsed
 * @throws SDIST, and what `fetch` throws
 */
export async function sdistBuildRequires(
  lock: Table,
  fetch: FetchSdists,
): Promise<readonly (readonly string[])[]> {
  const packages = Array.isArray(lock["packages"]) ? lock["packages"] : [];
  const files = packages.filter(isTable).flatMap((one) => sdistOnly(one) ?? []);
  if (files.length === 0) return [];
  const [local, remote] = [true, false].map((isLocal) =>
    files.filter(({ url }) => url.startsWith("file:") === isLocal),
  );
  const paths = new Map([
    ...(local ?? []).map((file) => [file.sha256, fileURLToPath(file.url)] as const),
    ...(await fetch(remote ?? [])),
  ]);
  const all: (readonly string[])[] = [];
  for (const { name, sha256 } of files) {
    const path = paths.get(sha256);
    if (path !== undefined) all.push(await buildRequiresOfSdist(path, name));
  }
  return all;
}

/**
 * What an sdist needs to be built.
 *
 * @param name  of the sdist, for the error
 * @throws SDIST
 */
export async function buildRequiresOfSdist(path: string, name: string): Promise<readonly string[]> {
  const bytes = await readSdistFile(path, "pyproject.toml");
  if (bytes === undefined) return legacyBuildRequires;
  try {
    return buildRequiresOf(parse(Buffer.from(bytes).toString("utf8")));
  } catch (cause) {
    throw new TouchdownError("SDIST", `the pyproject.toml in ${name} is not valid TOML`, { cause });
  }
}

/** @source PEP 751, “packages.sdist”, “packages.archive” */
function sdistOnly(one: Table): SdistFile | undefined {
  if ("wheels" in one) return undefined;
  const file = tableOf(one, "sdist" in one ? "sdist" : "archive");
  const { url, size } = file;
  const sha256 = tableOf(file, "hashes")["sha256"];
  if (typeof url !== "string" || typeof sha256 !== "string") return undefined;
  const name = decodeURIComponent(new URL(url).pathname.split("/").at(-1) ?? "");
  if (name.endsWith(".whl")) return undefined;
  return { name, url, sha256, ...(typeof size === "number" ? { size } : {}) };
}
