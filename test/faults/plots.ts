/** What each scenario does: what is there before, what is asked for in bad weather, and what is to come of it. */
import type { Scenario } from "./schedule.ts";
import { successors } from "./stack.ts";
import {
  billing,
  disputed,
  media,
  mediaMoved,
  mediaWithMore,
  nameless,
  rival,
  strays,
} from "./touchdownfiles.ts";
import type { Touchdownfile } from "./touchdownfiles.ts";

/** What a command line says. */
export interface Deed {
  readonly verb: "plan" | "apply" | "destroy";
  readonly file: Touchdownfile;
  readonly prune?: boolean;
  readonly pruneData?: boolean;
  /** One run at a time. */
  readonly lock?: "bucket" | "table";
}

export interface Plot {
  /** What was done in fair weather before. */
  readonly before: readonly Deed[];
  /** Queues that a message is in then. */
  readonly full?: readonly string[];
  /** What is done in bad weather, each time; several at once. The first of the last is what is to hold in the end. */
  readonly during: readonly (readonly Deed[])[];
  /** By kind and name: what is to be deleted. Undefined: all that is declared may be. */
  readonly goes?: ReadonlySet<string>;
  /** By kind and name: what must be there before another goes. */
  readonly moves?: ReadonlyMap<string, string>;
  /** By kind and name: what is no longer declared, and stays. */
  readonly stays?: readonly string[];
  /** Codes of errors that say that somebody else was there; a run may end with them in any weather. */
  readonly refusals?: readonly string[];
  /** Different things are asked for at once: how many versions of a function there are on the way is chance. */
  readonly versionsVary?: boolean;
  /** By kind and name: what two workspaces declare at once, each resource of which is whose comes first. */
  readonly disputed?: readonly string[];
  /** By kind and name, sorted: what a plan shows as no longer declared in the end. */
  readonly shown?: readonly string[];
}

const apply = (file: Touchdownfile, more: Partial<Deed> = {}): Deed => ({
  verb: "apply",
  file,
  ...more,
});
const destroy = (file: Touchdownfile): Deed => ({ verb: "destroy", file });

const nothing: ReadonlySet<string> = new Set();
const others = [apply(billing), apply(strays)];

/** By kind and name, of what `mediaWithMore` has more: what holds no data, and what does. */
const leaving = ["function leave", "queue leaving", "role leaver", "file td-data/leaving.txt"];
const leavingData = ["bucket td-leaving", "log group /td/leaving", "queue leaving-full"];
const inLeavingBucket = "file td-leaving/left.txt";

/** By kind and name of before: what has another by now. */
const movedKinds: Readonly<Record<string, string>> = {
  dead: "queue ",
  mails: "queue ",
  clerk: "role ",
  index: "function ",
  "/td/index": "log group ",
  "a/b.json": "file td-data/",
};
const moves = new Map(
  Object.entries(successors).map(([before, now]) => {
    const kind = movedKinds[before] ?? "";
    return [`${kind}${before}`, `${kind}${now}`] as const;
  }),
);
const movedData = ["log group /td/index", "queue mails"];
const moved = [...moves.keys()].filter((name) => !movedData.includes(name));

const changed = ["CHANGED_ELSEWHERE"];

export const plots: Readonly<Record<Scenario, Plot>> = {
  create: { before: [], during: [[apply(nameless[1])]], goes: nothing },
  update: { before: [apply(nameless[1])], during: [[apply(nameless[2])]], goes: nothing },
  again: {
    before: [apply(nameless[1]), destroy(nameless[1])],
    during: [[apply(nameless[1])]],
  },
  destroy: { before: [apply(nameless[1])], during: [[destroy(nameless[1])]] },
  "create and destroy": { before: [], during: [[apply(nameless[1])], [destroy(nameless[1])]] },
  adopt: {
    before: [apply(nameless[1]), apply(billing)],
    during: [[apply(media[2])]],
    goes: nothing,
  },
  prune: {
    before: [apply(mediaWithMore), ...others],
    full: ["leaving-full"],
    during: [[apply(media[2], { prune: true })]],
    goes: new Set(leaving),
    stays: [...leavingData, inLeavingBucket],
    shown: leavingData,
  },
  "prune data": {
    before: [apply(mediaWithMore), ...others],
    full: ["leaving-full"],
    during: [[apply(media[2], { prune: true, pruneData: true })]],
    goes: new Set([...leaving, ...leavingData, inLeavingBucket]),
  },
  move: {
    before: [apply(media[1]), ...others],
    full: ["mails"],
    during: [[apply(mediaMoved)]],
    goes: new Set(moved),
    moves,
    stays: movedData,
  },
  "move and prune": {
    before: [apply(mediaWithMore), ...others],
    full: ["mails", "leaving-full"],
    during: [[apply(mediaMoved, { prune: true, pruneData: true })]],
    moves,
    goes: new Set([...moves.keys(), ...leaving, ...leavingData, inLeavingBucket]),
  },
  "two create": {
    before: [],
    during: [[apply(media[1]), apply(media[1])]],
    goes: nothing,
    refusals: changed,
  },
  "two editions": {
    before: [apply(media[1])],
    during: [[apply(media[2]), apply(media[1])]],
    goes: nothing,
    refusals: changed,
    versionsVary: true,
  },
  "one at a time": {
    before: [apply(media[1])],
    during: [[apply(media[2], { lock: "bucket" }), apply(media[2], { lock: "bucket" })]],
    goes: nothing,
    refusals: ["WORKSPACE_LOCKED", "WORKSPACE_LOCK_LOST"],
  },
  "one at a time, by a table": {
    before: [apply(media[1])],
    during: [[apply(media[2], { lock: "table" }), apply(media[2], { lock: "table" })]],
    goes: nothing,
    refusals: ["WORKSPACE_LOCKED", "WORKSPACE_LOCK_LOST"],
  },
  "another workspace": {
    before: [apply(media[1])],
    during: [[apply(media[2]), apply(rival)]],
    goes: nothing,
    refusals: ["OWNED_ELSEWHERE"],
  },
  "two workspaces": {
    before: [],
    during: [[apply(media[1]), apply(rival)]],
    goes: nothing,
    refusals: [...changed, "OWNED_ELSEWHERE"],
    disputed,
  },
};
