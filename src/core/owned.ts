/** Where what a workspace owns can be found, also what it no longer declares. */

/** As much of a definition as tells what kind it is. */
interface Kind {
  readonly type: string;
}

/** Something that seems to be the workspace's. */
export interface Hint {
  readonly kind: Kind;
  /** Those that identify it. */
  readonly args: Readonly<Record<string, unknown>>;
}

/** What is declared in the same place. */
export interface DeclaredThere {
  readonly type: string;
  readonly mode: "add" | "get";
  /** Those that identify it, as far as they are known. */
  readonly key: Readonly<Record<string, unknown>>;
  /** Any other of its arguments; `undefined` where it is left out or not known. */
  readonly argument: (name: string) => unknown;
}

/** A workspace of which this run lists all that it owns in a place. */
export interface Owned {
  /** The workspace's name. */
  readonly owner: string;
  /** Text that is the same for two places exactly where a resource of this type would be the same. */
  readonly placeOf: (type: string) => Promise<string>;
  /** For what is asked for several times, or in several places: done once a run, for whoever is first. */
  readonly once: <T>(what: string, work: () => Promise<T>) => Promise<T>;
}

export interface Search extends Owned {
  /** Also where it takes calls that tell of nothing declared. */
  readonly thorough: boolean;
  /** What is found is deleted, not only shown. */
  readonly deletes: boolean;
  /** The contexts of all places that are looked in. */
  readonly contexts: readonly unknown[];
  readonly declared: readonly DeclaredThere[];
}

export interface OwnedPlace {
  /**
   * Whether a resource of this type has to be gone before others: the smaller number goes first.
   *
   * @returns undefined of a type that is never looked for
   */
  readonly turnOf: (type: string) => number | undefined;
  /** A hint each: what is found may be gone, or be another's by now. */
  readonly find: (context: unknown, search: Search) => Promise<readonly Hint[]>;
  /** As `Owned.placeOf`; may ask. */
  readonly placeOf: (context: unknown, type: string) => Promise<string>;
}
