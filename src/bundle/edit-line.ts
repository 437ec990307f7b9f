/** Find and change one line of a text. */

export interface LineEdit {
  /** Without its end. */
  readonly line: string;
  /** Which lines it stands for; default: those that equal it. */
  readonly match?: string | RegExp | undefined;
  readonly ensure: "present" | "absent";
}

interface FoundLine {
  /** The line itself if it is there, else the last one that matches. */
  readonly found: string | undefined;
  /** How many lines match. */
  readonly count: number;
}

export function findLine(text: string, edit: LineEdit): FoundLine {
  const lines = linesOf(text).map(contentOf);
  const matching = lines.filter(matcher(edit));
  const found = lines.includes(edit.line) ? edit.line : matching.at(-1);
  return { found, count: matching.length };
}

/** The text as it should be. Other lines stay byte for byte; editing the result changes nothing. */
export function editLine(text: string, edit: LineEdit): string {
  const lines = linesOf(text);
  const matches = matcher(edit);
  if (edit.ensure === "absent") return lines.filter((line) => !matches(contentOf(line))).join("");
  if (lines.some((line) => contentOf(line) === edit.line)) return text;
  const last = lines.findLastIndex((line) => matches(contentOf(line)));
  const old = lines[last];
  const end = text.includes("\r\n") ? "\r\n" : "\n";
  if (old !== undefined) {
    const itsEnd = endOf(old) || (edit.line === "" ? end : ""); // an empty line is nothing but its end
    return lines.with(last, edit.line + itsEnd).join("");
  }
  return `${text}${text === "" || text.endsWith("\n") ? "" : end}${edit.line}${end}`;
}

function matcher({ line, match }: LineEdit): (line: string) => boolean {
  if (match === undefined) return (each) => each === line;
  // "g" and "y" would make a test depend on the one before
  const flags = match instanceof RegExp ? match.flags.replace(/[gy]/g, "") : "";
  const pattern = new RegExp(match, flags);
  return (each) => pattern.test(each);
}

/** With their ends, which the last one may lack. */
function linesOf(text: string): readonly string[] {
  return text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
}

function contentOf(line: string): string {
  return line.replace(/\r?\n$/, "");
}

function endOf(line: string): string {
  return line.slice(contentOf(line).length);
}
