/** What is in a package's zip and from where, and what differs from another zip. */
import { open } from "node:fs/promises";
import type { Graph } from "../core/graph.ts";
import type { Runtime } from "../core/runtime.ts";
import { TouchdownError } from "../errors.ts";
import { sha256File } from "../host/files.ts";
import { systemReason } from "../host/system-error.ts";
import { buildPackages, isFunction } from "./packages.ts";
import { compareZips } from "../python/explain.ts";
import type { Comparison, ExplainedEntry } from "../python/explain.ts";
import { originsOf } from "../python/origins.ts";
import type { PackageWant } from "../python/package-schema.ts";
import { readCentralDirectory } from "../zip/read.ts";
import type { ZipEntry } from "../zip/read.ts";
import { fileSource } from "../zip/source.ts";

export { byOrigin } from "../python/explain.ts";
export type { Comparison, Difference, ExplainedEntry, ExplainedOrigin } from "../python/explain.ts";

export interface Explained {
  /** For people: `package api`. */
  readonly title: string;
  /** Absolute. */
  readonly path: string;
  /** 64 hex digits. */
  readonly sha256: string;
  readonly entries: readonly ExplainedEntry[];
}

/** What a zip is compared with. */
export interface OtherZip {
  readonly entries: readonly ZipEntry[];
  /** 64 hex digits. */
  readonly sha256: string;
}

/**
 * Build the package where it is not built, and say what is in it. AWS is asked only for what it holds of it.
 *
 * @throws PACKAGE_UNKNOWN, PACKAGE_PENDING, and what building throws
 */
export async function explainPackage(
  graph: Graph,
  { name, runtime }: { readonly name: string; readonly runtime: Runtime },
): Promise<Explained> {
  const { built, waiting, report } = await buildPackages(graph, {
    runtime,
    names: [name],
    check: false,
    asks: true,
  });
  const [failure] = report.failures;
  if (failure !== undefined) throw failure.error;
  const [found] = built;
  if (found === undefined) throw pending(name, waiting[0]?.reason ?? "");
  const node = graph.nodes.find((each) => each.name === found.title);
  const origins = await originsOf(node?.args as unknown as PackageWant);
  const { entries } = await entriesOfFile(found.path);
  return {
    title: found.title,
    path: found.path,
    sha256: found.sha256,
    entries: entries.map(({ path, size, compressedSize }) => ({
      path,
      size,
      compressedSize,
      origin: origins.get(path) ?? "touchdown",
    })),
  };
}

/**
 * The function whose code a package is, as the verbs that take functions know it.
 *
 * @param name   as the user gave it: the package's, or already the function's
 * @param title  the package's: `package api`
 * @throws NAME_AMBIGUOUS, NAME_UNKNOWN
 */
export function functionOfPackage({ nodes }: Graph, name: string, title: string): string {
  const functions = nodes.filter(isFunction);
  const isNamed = functions.some((node) => [node.args["name"], node.name].includes(name));
  if (isNamed) return name;
  const users = functions.filter(({ needs }) => needs.some((need) => need.name === title));
  const [user, other] = users;
  if (user === undefined)
    throw new TouchdownError("NAME_UNKNOWN", `${title} is the code of no function`, {
      hint: "what is deployed is a function's code: compare with a zip, --against FILE",
    });
  if (other === undefined) return user.name;
  const names = users.map((each) => `"${each.name}"`).join(" or ");
  throw new TouchdownError("NAME_AMBIGUOUS", `${title} is the code of more than one function`, {
    hint: `name ${names}`,
  });
}

/** @throws FILE_READ, and what a zip is refused for */
export async function entriesOfFile(path: string): Promise<OtherZip> {
  try {
    const handle = await open(path);
    try {
      const entries = await readCentralDirectory(await fileSource(handle), { maxRatio: Infinity });
      return { entries, sha256: (await sha256File(path)) ?? "" };
    } finally {
      await handle.close();
    }
  } catch (cause) {
    if (cause instanceof TouchdownError) {
      throw new TouchdownError(cause.code, `${path}: ${cause.message}`, { cause });
    }
    throw new TouchdownError("FILE_READ", `cannot read ${path}: ${systemReason(cause)}`, { cause });
  }
}

export async function compareWith(explained: Explained, there: OtherZip): Promise<Comparison> {
  const here = await entriesOfFile(explained.path);
  const origins = new Map(explained.entries.map(({ path, origin }) => [path, origin]));
  return compareZips(here.entries, there.entries, (path) => origins.get(path));
}

function pending(name: string, reason: string): TouchdownError {
  return new TouchdownError("PACKAGE_PENDING", `package ${name} is not built yet: it ${reason}`, {
    hint: "its zip holds what something on AWS will have: touchdown apply builds it",
  });
}
