import type { Target } from "../wheel/targets.ts";

/** A file that a lock names: where it is, and its hash. */
export interface LockedFile {
  /** File name: `six-1.16.0-py2.py3-none-any.whl`. */
  readonly name: string;
  /** Absolute. Neither `url` nor `path`: the lock has only name and hash, and the index knows where it is. */
  readonly url?: string;
  /** Absolute, on this machine, instead of `url`. */
  readonly path?: string;
  /** Bytes. */
  readonly size?: number;
  /** 64 hex digits, lower case. */
  readonly sha256: string;
}

export type LockedSource =
  | {
      readonly kind: "files";
      readonly wheels: readonly LockedFile[];
      readonly sdist?: LockedFile;
      /** The folder in the sdist that is built, where it is not the top. */
      readonly subdirectory?: string;
      /** Where files without url are looked for before the configured indexes. */
      readonly indexes?: readonly string[];
    }
  /** Files known only by their hashes (Pipfile.lock, requirements with `--hash`): see `locateFiles`. */
  | {
      readonly kind: "hashes";
      readonly sha256: readonly string[];
      readonly indexes?: readonly string[];
    }
  | {
      readonly kind: "directory";
      /** Absolute. */
      readonly path: string;
      readonly subdirectory?: string;
      readonly editable?: boolean;
    }
  | {
      readonly kind: "vcs";
      readonly type: "git" | "hg" | "svn" | "bzr";
      readonly url: string;
      /** The exact commit; never a branch or tag. */
      readonly commit: string;
      readonly subdirectory?: string;
    };

/** One distribution to install for one target: markers are already applied. */
export interface LockedPackage {
  /** Normalised. */
  readonly name: string;
  readonly version?: string;
  readonly source: LockedSource;
  /** Names of what it needs in this selection, sorted, where the lock says. */
  readonly dependencies?: readonly string[];
}

/** What of a lock is wanted. */
export interface Selection {
  readonly target: Target;
  readonly extras: readonly string[];
  readonly groups: readonly string[];
  /** Told of each decision that a later patch of the target's Python would change, in a sentence. */
  readonly onPatch?: (doubt: string) => void;
  /** Absolute folder of the project meant, where a lock is for several. */
  readonly project?: string;
}

/** Where the text of a lock is from, and what of it is wanted. */
export interface ReadOptions {
  /** Absolute. */
  readonly path: string;
  readonly selection: Selection;
}
