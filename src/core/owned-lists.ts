/** Lists of what a workspace owns: read once a run, for first looks and for what is no longer declared alike. */
import type { Scope } from "./declared.ts";
import type { Owned, OwnedPlace } from "./owned.ts";

interface Asked {
  /** The workspace's name. */
  readonly owner: string;
  readonly scopes: readonly Scope[];
  readonly undeclared?: "ignore" | "show" | "delete";
}

interface Place {
  readonly scope: Scope;
  readonly owned: OwnedPlace;
}

export interface OwnedLists {
  /** Where to look. */
  readonly places: readonly Place[];
  readonly thorough: boolean;
  /** Undefined of a scope in which nothing can be owned. */
  readonly in: (scope: Scope) => Owned | undefined;
}

/** Undefined where this run has no need of them. */
export function ownedLists(
  retire: Asked | undefined,
  open: (of: { readonly resource: { readonly scope: Scope } }) => Promise<unknown>,
  { thorough }: Pick<OwnedLists, "thorough">,
): OwnedLists | undefined {
  if (retire === undefined || (retire.undeclared ?? "ignore") === "ignore") return undefined;
  const places = retire.scopes.flatMap((scope) =>
    scope.owned === undefined ? [] : [{ scope, owned: scope.owned }],
  );
  const once = memo();
  return {
    places,
    thorough,
    in: (scope) => {
      const { owned } = scope;
      if (owned === undefined) return undefined;
      return {
        owner: retire.owner,
        once,
        placeOf: async (type) =>
          // Of one place there is nothing to tell apart, and nobody is asked.
          places.length === 1 ? "" : owned.placeOf(await open({ resource: { scope } }), type),
      };
    },
  };
}

function memo(): Owned["once"] {
  const done = new Map<string, Promise<unknown>>();
  return <T>(what: string, work: () => Promise<T>): Promise<T> => {
    const result = done.get(what) ?? work();
    done.set(what, result);
    return result as Promise<T>;
  };
}
