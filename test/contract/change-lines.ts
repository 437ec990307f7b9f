import type { Change } from "../../src/core/events.ts";

/** Changes as a person reads them in a plan, one a line. */
export function changeLines(changes: readonly Change[]): readonly string[] {
  return changes.map((change) => line(change));
}

function line({ field, kind, old, new: now, action, secret, needs = [] }: Change): string {
  if (kind === "action") return action ?? field;
  const name = action ?? field;
  if (kind === "pending") return `${name}: pending (needs ${needs.join(", ")})`;
  if (secret === true) return `${name}: ${kind}`;
  if (kind === "removed") return `${name}: ${old ?? ""} removed`;
  return kind === "added" ? `${name}: ${now ?? ""}` : `${name}: ${old ?? ""} → ${now ?? ""}`;
}
