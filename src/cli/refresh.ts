/** `--refresh`: how much of what is there is read. */
import type { RunOptions } from "../core/converge.ts";
import { UsageError } from "./exit.ts";
import type { Values } from "./values.ts";

export function refreshOf(values: Values): Pick<RunOptions, "refresh"> {
  const refresh = values.text("refresh");
  if (refresh === undefined) return {};
  if (refresh === "lists" || refresh === "full") return { refresh };
  throw new UsageError(`--refresh takes lists or full, got "${refresh}"`);
}
