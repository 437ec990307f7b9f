import { TouchdownError } from "../../errors.ts";
import { evaluateMarker } from "../specifiers/evaluate-marker.ts";
import { parseMarker } from "../specifiers/marker.ts";
import { markerEnvironment, pythonFullVersion } from "../specifiers/marker-environment.ts";
import { inPoetryRange } from "../specifiers/poetry-constraint.ts";
import type { Selection } from "./locked.ts";
import type { PoetryNeed, PoetryPackage } from "./poetry-package.ts";
import type { Edge } from "./walk.ts";

type PoetryEdge = Edge<PoetryPackage>;

/**
 * How to get from one package of an older poetry.lock to those it needs.
 *
 * @throws LOCK_FORMAT, MARKER
 */
export function poetryEdges(
  packages: readonly PoetryPackage[],
  options: { readonly path: string; readonly selection: Selection },
): {
  /** Those of the needs that the target has, with the extras for markers such as `extra == "x"`. */
  follow(needs: readonly PoetryNeed[], extras: ReadonlySet<string>): readonly PoetryEdge[];
  of(entry: PoetryPackage, extra: string | undefined): readonly PoetryEdge[];
} {
  const { target, onPatch } = options.selection;
  const environment = markerEnvironment(target, onPatch);
  const python = pythonFullVersion(target);
  const applies = (need: PoetryNeed, extra: ReadonlySet<string>): boolean => {
    const { place, markers } = need;
    if (need.python !== undefined && !inRange(python, need.python, place)) return false;
    if (markers === undefined) return true;
    return evaluateMarker(parseMarker(markers, { place }), { ...environment, extra }, { place });
  };
  const edgeTo = (need: PoetryNeed): PoetryEdge => {
    const named = packages.filter(({ name }) => name === need.name);
    const [to, another] =
      named.length === 1
        ? named
        : named.filter(({ version }) => inRange(version, need.range, need.place));
    if (to !== undefined && another === undefined) return { to, extras: need.extras };
    const problem = to === undefined ? "which is not in the lock" : "of which the lock has several";
    throw new TouchdownError(
      "LOCK_FORMAT",
      `${need.place} needs ${need.name} ${need.range}, ${problem}`,
      {
        hint: "lock again with poetry lock",
      },
    );
  };
  const follow = (needs: readonly PoetryNeed[], extras: ReadonlySet<string>) =>
    needs.filter((need) => applies(need, extras)).map(edgeTo);
  return {
    follow,
    of(entry, extra) {
      if (extra === undefined)
        return follow(
          entry.needs.filter(({ optional }) => !optional),
          new Set(),
        );
      const added = entry.extras.get(extra) ?? [];
      const needs = entry.needs.filter((need) => need.optional && added.includes(need.name));
      return follow(needs, new Set([extra]));
    },
  };
}

function inRange(version: string, range: string, place: string): boolean {
  const found = inPoetryRange(version, range);
  if (found !== undefined) return found;
  throw new TouchdownError(
    "LOCK_FORMAT",
    `${place}: ${JSON.stringify(range)} is not a range of versions`,
  );
}
