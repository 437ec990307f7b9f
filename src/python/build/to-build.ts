/** What must become a wheel here before it can go into a zip. */
import type { LockedFile } from "../lock/locked.ts";

export type ToBuild = {
  /** Of the distribution, or words for one whose name is not known yet. */
  readonly name: string;
} & (
  | {
      readonly kind: "directory";
      /** Absolute. */
      readonly path: string;
    }
  | { readonly kind: "sdist"; readonly file: LockedFile; readonly subdirectory?: string }
  | {
      readonly kind: "vcs";
      readonly url: string;
      readonly commit: string;
      readonly subdirectory?: string;
    }
);

/**
 * What a lock knows a source by whose build it has locked: the hash of an sdist or a commit, and the folder in it.
 *
 * @returns undefined for a folder on this machine, which is looked at each time: it may change
 */
export function buildId(each: ToBuild): string | undefined {
  if (each.kind === "directory") return undefined;
  const source = each.kind === "sdist" ? each.file.sha256 : each.commit;
  return each.subdirectory === undefined ? source : `${source}#subdirectory=${each.subdirectory}`;
}
