/** Two workspaces that declare the same: each of it is one's, the other is refused, and it does not change hands. */
import { TouchdownError } from "../../src/errors.ts";
import { problemsOf } from "./demand.ts";
import type { Seen } from "./demand.ts";
import { play } from "./play.ts";
import type { Ran, Where } from "./play.ts";
import type { Deed, Plot } from "./plots.ts";
import { fair } from "./schedule.ts";

/** Apply for one after the other, and once more, in fair weather. */
export async function problemsOfRivals(
  { during, disputed = [] }: Plot,
  where: Where,
  quiet: () => Promise<void>,
): Promise<readonly string[]> {
  const deeds = during.at(-1) ?? [];
  const broken: string[] = [];
  for (const deed of [...deeds, ...deeds]) {
    const before = where.cloud.contents();
    where.note(`— apply of ${deed.file.called}`);
    const ran = await play({ deed, weather: fair, lag: 0 }, where);
    await quiet();
    const after = where.cloud.contents();
    broken.push(...problemsOf(ran), ...problemsOfRefusal(ran, { before, after, disputed }));
  }
  return broken;
}

/** What both say to have made, so that neither said that it is the other's. */
export function fightsIn(rans: readonly Ran[], { disputed = [] }: Plot): readonly string[] {
  const made = rans.map(({ report, changing }) =>
    (changing === undefined ? [] : (report?.planned ?? []))
      .filter(({ verdict }) => verdict !== "unchanged")
      .map(({ name }) => name),
  );
  return disputed
    .filter((name) => made.length > 1 && made.every((names) => names.includes(name)))
    .map((name) => `two workspaces took ${name}, and both say that it is done`);
}

interface Around {
  readonly before: Seen;
  readonly after: Seen;
  readonly disputed: readonly string[];
}

function problemsOfRefusal(
  { deed, report, thrown }: Ran,
  { before, after, disputed }: Around,
): readonly string[] {
  if (report === undefined) return [`a clean run threw: ${String(thrown)}`];
  const owner = ownerOf(deed);
  const theirs = disputed.filter((name) => {
    const whose = ownerIn(before, name);
    return whose !== undefined && whose !== owner;
  });
  const untried = [...report.failures, ...report.skipped].map(({ name }) => name);
  const changed = [...before.keys()].filter((name) => before.get(name) !== after.get(name));
  return [
    ...theirs.filter((name) => !untried.includes(name)).map((name) => `${name} was not refused`),
    ...report.failures.flatMap(({ name, error }) =>
      error instanceof TouchdownError && error.code === "OWNED_ELSEWHERE" && theirs.includes(name)
        ? []
        : [`a clean run failed: ${name}: ${error.message}`],
    ),
    ...changed
      .filter((name) => theirs.length > 0 || (ownerIn(before, name) ?? owner) !== owner)
      .map((name) => `${name} was changed by ${owner}, which was refused or does not own it`),
  ];
}

function ownerOf({ file }: Deed): string {
  return file.owner ?? "nobody";
}

/** What a named workspace declares and made, and does not carry its name. */
export function notOwned({ deed, declared = [] }: Ran, seen: Seen): readonly string[] {
  const { owner } = deed.file;
  if (owner === undefined) return [];
  // Layers can't be tagged.
  return declared
    .filter((name) => !name.startsWith("layer ") && ownerIn(seen, name) !== owner)
    .map((name) => `${name} is not marked as ${owner}'s`);
}

function ownerIn(seen: Seen, name: string): string | undefined {
  return /"touchdown:workspace"(?:,"Value")?:"([\w-]+)"/u.exec(seen.get(name) ?? "")?.[1];
}
