/** What may stand in a step's way. */
import { dirname } from "node:path";
import { TouchdownError } from "../errors.ts";
import type { FileStat, Target } from "./target.ts";

/**
 * What is at `path`, if it is of the `wanted` kind.
 *
 * @throws FILE_IN_WAY if it is something else
 */
export async function statAs(
  target: Target,
  path: string,
  wanted: "file" | "folder",
): Promise<FileStat | undefined> {
  const stat = await target.stat(path);
  if (stat === undefined || stat.kind === wanted) return stat;
  const there = stat.kind === "other" ? "something that is neither file nor folder" : stat.kind;
  throw inWay(path, wanted, there);
}

export function inWay(path: string, wanted: string, there: string): TouchdownError {
  const article = there.startsWith("something") ? "" : "a ";
  return new TouchdownError(
    "FILE_IN_WAY",
    `${path} should be a ${wanted}, but ${article}${there} is there`,
    { hint: "move it away, or choose another name: touchdown does not replace it" },
  );
}

/** @throws FILE_MISSING */
export async function requireParent(target: Target, path: string): Promise<void> {
  const parent = dirname(path);
  if ((await target.stat(parent))?.kind === "folder") return;
  throw new TouchdownError("FILE_MISSING", `cannot write ${path}: there is no folder ${parent}`, {
    hint: `declare it first: addDirectory({ name: ${JSON.stringify(parent)} })`,
  });
}
