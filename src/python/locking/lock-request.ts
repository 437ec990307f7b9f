import { join } from "node:path";
import { TouchdownError } from "../../errors.ts";

/** What is to be locked, and where the lock is. All paths absolute. */
export type LockRequest = {
  /** The folder the lock is in; every path in the lock is relative to it. */
  readonly folder: string;
  /** Makes it `pylock.<name>.toml`; without it the lock is `pylock.toml`. */
  readonly name?: string;
  /** Requirements files. */
  readonly requirements: readonly string[];
  /** The folder of a project, whose dependencies are locked. */
  readonly project?: string;
  readonly extras: readonly string[];
  readonly groups: readonly string[];
  /** The Pythons it is for: 11 of Python 3.11. At least one. */
  readonly minors: readonly number[];
  /** Those of them that packages have bytecode for: the lock names the exact Python that compiles it. */
  readonly bytecode?: readonly number[];
};

/**
 * The lock's file. Between `pylock.` and `.toml` no dot is allowed.
 *
 * @throws ARGUMENT
 * @source PEP 751, “File Name”
 */
export function lockPath({ folder, name }: Pick<LockRequest, "folder" | "name">): string {
  if (name === undefined) return join(folder, "pylock.toml");
  if (/^[A-Za-z0-9_-]+$/.test(name)) return join(folder, `pylock.${name}.toml`);
  throw new TouchdownError("ARGUMENT", `a lock can not be named ${JSON.stringify(name)}`, {
    hint: "letters, digits, - and _ are allowed",
  });
}

/** The oldest Python, which is all that a universal lock depends on. */
export function oldestMinor({ minors }: Pick<LockRequest, "minors">): number {
  return Math.min(...minors);
}
