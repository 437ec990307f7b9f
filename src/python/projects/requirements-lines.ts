/**
 * The lines of a requirements file as pip joins and reads them: without comments, empty lines, and the line breaks
 * after `\`.
 *
 * @source pip's documentation, “Requirements File Format”
 */
export function requirementsLines(text: string): readonly string[] {
  const lines: string[] = [];
  let open = "";
  for (const raw of text.replace(/^\uFEFF/, "").split(/\r\n|\r|\n/)) {
    // a comment ends the line that goes on
    const isComment = /^\s*#/.test(raw);
    if (raw.endsWith("\\") && !isComment) {
      open += raw.slice(0, -1);
      continue;
    }
    const line = (isComment ? open : open + raw).replace(/(^|\s)#.*$/, "").trim();
    open = "";
    if (line !== "") lines.push(line);
  }
  const last = open.replace(/(^|\s)#.*$/, "").trim();
  return last === "" ? lines : [...lines, last];
}

/** What a line names besides a distribution. */
export type LineReference = {
  readonly kind: "requirements" | "constraints" | "project";
  /** As it is written: relative to the file's folder, or an address. */
  readonly place: string;
};

/** The other file, or the local project, that a line names; `undefined` where it names neither. */
export function lineReference(line: string): LineReference | undefined {
  const [, option, argument] = /^(-[A-Za-z]|--[a-z-]+)(?:\s*=\s*|\s*)(.*)$/.exec(line) ?? [];
  if (option === "-r" || option === "--requirement")
    return { kind: "requirements", place: unquoted(argument ?? "") };
  if (option === "-c" || option === "--constraint")
    return { kind: "constraints", place: unquoted(argument ?? "") };
  if (option === "-e" || option === "--editable") return projectReference(argument ?? "");
  return option === undefined ? projectReference(line) : undefined;
}

/** `./lib`, `../lib[extra] ; marker`, `lib @ file:///…`, `file:…`; not `lib`, which is a distribution's name. */
function projectReference(text: string): LineReference | undefined {
  const [requirement = ""] = text.split(/\s+;|\s+--/);
  const [, address = requirement] = /^[\w.-]+(?:\[[^\]]*\])?\s*@\s*(.*)$/.exec(requirement) ?? [];
  const place = unquoted(address).replace(/\[[^\]]*\]$/, "");
  const isPlace =
    /^file:|^\.{1,2}($|[\\/])|[\\/]/.test(place) && !/^(?!file:)[\w+]+:\/\//.test(place);
  return isPlace ? { kind: "project", place } : undefined;
}

function unquoted(text: string): string {
  return text.trim().replace(/^(["'])(.*)\1$/, "$2");
}
