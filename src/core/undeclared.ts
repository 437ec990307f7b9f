/** Candidates for deletion: what seems to be the workspace's and is not declared, and what was renamed. */
import type { Scope } from "./declared.ts";
import { definitionOf } from "./define.ts";
import type { ErasedDefinition } from "./define.ts";
import type { Node } from "./graph.ts";
import { idOf, nameOf } from "./name.ts";
import type { DeclaredThere, Hint, Search } from "./owned.ts";
import type { OwnedLists } from "./owned-lists.ts";
import { marked } from "./ownership.ts";
import { Resource } from "./resource.ts";
import { unlessSuspended } from "./want.ts";
import type { Want } from "./want.ts";

export interface Candidate {
  readonly node: Node;
  /** What it was renamed to; undefined: nothing declares it. */
  readonly successor: Node | undefined;
}

interface Known {
  readonly retire: { readonly owner: string; readonly undeclared?: "ignore" | "show" | "delete" };
  /** The arguments of a declared resource, as far as this run knows them. */
  readonly wantOf: (node: Node) => Want | undefined;
}

/** Under the names that `moved` gives. The last part of what identifies a resource is its name. */
export function formerNames(
  nodes: readonly Node[],
  { retire, wantOf }: Known,
): readonly Candidate[] {
  return nodes.flatMap((successor) => {
    const { resource } = successor;
    const { key } = definitionOf(resource);
    const name = key.at(-1);
    const now = keyOf(successor, wantOf);
    if (name === undefined || !key.every((part) => part === name || part in now)) return [];
    return (resource.movedFrom ?? []).map((from) => {
      const place = { definition: definitionOf(resource), scope: resource.scope };
      return { successor, node: candidate({ ...now, [name]: from }, retire.owner, place) };
    });
  });
}

interface Opening extends Known {
  readonly lists: OwnedLists;
  readonly open: (of: { readonly resource: { readonly scope: Scope } }) => Promise<unknown>;
}

/**
 * Where any resource of a type is not known yet by what identifies it, none of that type is given: it might be the one.
 */
export async function findUndeclared(
  nodes: readonly Node[],
  { retire, wantOf, lists, open }: Opening,
): Promise<readonly Candidate[]> {
  const declared = new Set<string>();
  const unknown = new Set<string>();
  for (const node of nodes) {
    const { scope, definition } = node.resource;
    if (scope.owned?.turnOf(definition.type) === undefined) continue;
    const key = keyOf(node, wantOf);
    if (!definition.key.every((part) => part in key)) unknown.add(definition.type);
    else declared.add(await identity(lists, { scope, kind: definition, args: key }));
  }
  const contexts = await Promise.all(
    lists.places.map(({ scope }) => open({ resource: { scope } })),
  );
  const found = await Promise.all(
    lists.places.map(async ({ scope, owned }) => {
      const listing = lists.in(scope);
      if (listing === undefined) return [];
      const here = nodes.filter(({ resource }) => resource.scope === scope);
      const search: Search = {
        ...listing,
        thorough: lists.thorough,
        contexts,
        deletes: retire.undeclared === "delete",
        declared: here.map((node) => there(node, wantOf)),
      };
      const hints = await owned.find(await open({ resource: { scope } }), search);
      return Promise.all(
        hints.map(async ({ kind, args }) => ({
          id: await identity(lists, { scope, kind, args }),
          kind,
          args,
          scope,
        })),
      );
    }),
  );
  const fresh = new Map(found.flat().map((hint) => [hint.id, hint]));
  return [...fresh.values()]
    .filter(({ id, kind }) => !declared.has(id) && !unknown.has(kind.type))
    .map(({ kind, args, scope }) => ({
      successor: undefined,
      node: candidate(args, retire.owner, {
        definition: kind as unknown as ErasedDefinition,
        scope,
      }),
    }));
}

function there(node: Node, wantOf: Known["wantOf"]): DeclaredThere {
  const { definition, mode } = node.resource;
  const argument = (name: string): unknown => {
    const value = unlessSuspended(() => wantOf(node)?.[name]);
    return value.known ? value.value : undefined;
  };
  return { type: definition.type, mode, key: keyOf(node, wantOf), argument };
}

function candidate(
  key: Want,
  owner: string,
  { definition, scope }: { readonly definition: ErasedDefinition; readonly scope: Scope },
): Node {
  const parts = { definition, scope, mode: "add", dependsOn: [], owner } as const;
  const resource = new Resource({ ...parts, args: key });
  const args = marked(resource, key);
  return { resource, id: idOf(resource), name: nameOf(resource), args, needs: [] };
}

/** As far as it is known. */
function keyOf(node: Node, wantOf: Known["wantOf"]): Want {
  const want = wantOf(node) ?? {};
  const parts = node.resource.definition.key.flatMap((part) => {
    const given = node.resource.args[part];
    if (typeof given === "string") return [[part, given] as const];
    const value = unlessSuspended(() => want[part]);
    return value.known && typeof value.value === "string" ? [[part, value.value] as const] : [];
  });
  return Object.fromEntries(parts);
}

async function identity(
  lists: OwnedLists,
  { scope, kind, args }: Hint & { readonly scope: Scope },
): Promise<string> {
  const place = await lists.in(scope)?.placeOf(kind.type);
  return JSON.stringify([kind.type, place, ...Object.values(args)]);
}
