/** Whose a resource is: carried by the resource itself, compared and put back as its arguments are. */
import { TouchdownError } from "../errors.ts";
import type { AnyResource } from "./declared.ts";
import { definitionOf } from "./define.ts";
import type { Change, Emit } from "./events.ts";
import type { Mark, Ownership } from "./mark.ts";
import { nameOf } from "./name.ts";
import type { Want } from "./want.ts";

/** The arguments with the mark of the resource's workspace, where it has a name. */
export function marked(resource: AnyResource, args: Want): Want {
  const { owner, protect = false } = resource;
  const ownership = ownershipOf(resource);
  if (owner === undefined || ownership === undefined) return args;
  return ownership.mark(args, { owner, protect });
}

export function unmarked(resource: AnyResource, args: Want): Want {
  return ownershipOf(resource)?.unmark(args) ?? args;
}

/** What is wanted of one that is there: its protection ends where it is no longer declared. */
export function wantedOf(resource: AnyResource, want: Want, have: unknown): Want {
  const ownership = ownershipOf(resource);
  const lifted = resource.owner !== undefined && resource.protect !== true;
  if (!lifted || ownership?.markOf(have)?.protect !== true) return want;
  return ownership.unprotect(want);
}

/** @throws OWNED_ELSEWHERE where another workspace owns it, and `adopt: true` is not declared */
export function refuseForeign(resource: AnyResource, have: unknown): void {
  const other = foreignOwner(resource, have);
  if (other === undefined || resource.adopt === true) return;
  const message = `${nameOf(resource)} belongs to workspace ${other}, not to ${resource.owner ?? ""}`;
  throw new TouchdownError("OWNED_ELSEWHERE", message, {
    hint: "refer to it with get…, give yours another name, or take it over with adopt: true once the other no longer declares it",
  });
}

/** The workspace it belongs to, if that is another than the one that declares it. */
export function foreignOwner(resource: AnyResource, have: unknown): string | undefined {
  if (resource.owner === undefined || resource.mode === "get") return undefined;
  const owner = ownerOf(resource, have);
  return owner === resource.owner ? undefined : owner;
}

/** What a resource carries that was read; undefined where nobody owns it. */
export function markIn(resource: AnyResource, have: unknown): Mark | undefined {
  return ownershipOf(resource)?.markOf(have);
}

/** The workspace that owns what was read; undefined where nobody does, or its kind can't carry that. */
export function ownerOf(resource: AnyResource, have: unknown): string | undefined {
  return markIn(resource, have)?.owner;
}

/** A workspace without a name asks nobody, but doesn't keep quiet about it. */
export function warnOfOwner(
  {
    resource,
    id,
    name,
  }: { readonly resource: AnyResource; readonly id: string; readonly name: string },
  have: unknown,
  { emit, does }: { readonly emit: Emit; readonly does: "changes" | "deletes" },
): void {
  const owner = resource.owner === undefined ? ownerOf(resource, have) : undefined;
  if (owner === undefined) return;
  const message = `${name} belongs to workspace ${owner}; this Touchdownfile, which has no name, ${does} it all the same`;
  emit({ type: "warning", message, id, name });
}

/** Changes of the mark as a person reads them. @param have  undefined: it is to be created */
export function inWords(
  resource: AnyResource,
  changes: readonly Change[],
  have: unknown,
): readonly Change[] {
  const ownership = ownershipOf(resource);
  if (ownership === undefined || resource.owner === undefined) return changes;
  return changes.flatMap((change) => {
    const part = ownership.partOf(change);
    if (part === undefined) return [change];
    if (part === "protect") return [{ ...change, field: "protect" }];
    return have === undefined ? [] : [adoption(resource, ownerOf(resource, have))];
  });
}

function adoption({ owner = "" }: AnyResource, before: string | undefined): Change {
  const owned = before === undefined ? "no workspace" : `workspace ${before}`;
  return {
    field: "workspace",
    kind: "action",
    action: `adopt into workspace ${owner}: ${owned} owned it`,
    ...(before === undefined ? {} : { old: before }),
    new: owner,
  };
}

function ownershipOf(resource: AnyResource): Ownership<unknown> | undefined {
  return resource.mode === "get" ? undefined : definitionOf(resource).ownership;
}
