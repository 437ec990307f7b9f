/** The moving part of a terminal: a line for the whole, a line for each of what runs longest. */
import { duration } from "./lines.ts";
import { paint } from "./paint.ts";
import type { Progress, Running } from "./progress.ts";

interface Space {
  readonly columns: number;
  readonly rows: number;
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** Turns while something happens. */
  readonly spinner: string;
}

/** More is no easier to follow. */
const mostLines = 12;
/** What is read faster than this is not worth a line. */
const slowReadMs = 2_000;

/** @returns no line wider than the terminal, fewer lines than it has */
export function liveLines(progress: Progress, space: Space): readonly string[] {
  const { stage, done, total, since, note } = progress;
  if (stage === undefined)
    return note === undefined ? [] : [waitingLine(note, { since, ...space })];
  if (done >= total && progress.running.length === 0) return [];
  const { columns, rows, now, spinner } = space;
  const all = stage === "reading" ? slowOnes(progress.running, now) : progress.running;
  const room = Math.max(1, Math.min(mostLines, rows - 4));
  const shown = all.slice(0, all.length > room ? room - 1 : room);
  const hidden = all.length - shown.length;
  const elapsed = ageText(now - since);
  const lines = [
    ` ${stage} ${done} of ${total}${elapsed === "" ? "" : `, ${elapsed}`}`,
    ...shown.map((each) => rowOf(each, { among: shown, now })),
    ...(hidden === 0 ? [] : [`  … and ${hidden} more`]),
    ...(note === undefined ? [] : [`  ${note}`]),
  ];
  return lines.map((line, index) => {
    const text = cut(line, columns - (index === 0 ? 2 : 1));
    return index === 0 ? `${paint.cyan(spinner)}${text}` : paint.dim(text);
  });
}

/** Before the first stage a run waits for its turn. */
function waitingLine(
  note: string,
  { since, now, columns, spinner }: Space & { readonly since: number },
): string {
  const age = ageText(now - since);
  const text = age === "" ? note : note.replace(/^waiting/u, `waiting ${age}`);
  return `${paint.cyan(spinner)}${cut(` ${text}`, columns - 2)}`;
}

function slowOnes(running: readonly Running[], now: number): readonly Running[] {
  return running.filter(({ since }) => now - since >= slowReadMs);
}

function rowOf(
  { name, doing, since, note = "" }: Running,
  { among, now }: { readonly among: readonly Running[]; readonly now: number },
): string {
  const width = Math.min(40, Math.max(...among.map((each) => each.name.length)));
  const details = [ageText(now - since), note].filter((text) => text !== "").join(", ");
  return `  ${name.padEnd(width)}  ${doing}  ${details}`.trimEnd();
}

/** Whole seconds, none for the first: a line that changes less is calmer. */
function ageText(ms: number): string {
  return ms < 1_000 ? "" : duration(Math.floor(ms / 1_000) * 1_000, { decimals: 0 });
}

function cut(text: string, columns: number): string {
  let width = 0;
  let kept = "";
  for (const character of text) {
    width += widthOf(character);
    if (width > columns - 1)
      return width === columns && text === kept + character ? text : `${kept}…`;
    kept += character;
  }
  return kept;
}

/** Characters of East Asia, and pictures, take two columns. @source Unicode UAX 11, in the rough */
function widthOf(character: string): number {
  return (character.codePointAt(0) ?? 0) >= 0x1100 ? 2 : 1;
}
