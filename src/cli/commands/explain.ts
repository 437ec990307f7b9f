import { toStdout } from "../output.ts";
import type {
  Comparison,
  Difference,
  Explained,
  ExplainedOrigin,
  OtherZip,
} from "../../operations/explain.ts";
import { bytesText } from "../bytes-text.ts";
import { exitCodes } from "../exit.ts";
import type { Call } from "../option.ts";
import { paint } from "../render/paint.ts";
import { openSession } from "../session.ts";
import type { Session } from "../session.ts";
import type { Values } from "../values.ts";

/** What is in a zip on stdout; with `--against`, exit 1 where the two differ. */
export async function explain({ operands, values }: Call): Promise<number> {
  const [name = ""] = operands;
  const session = await openSession(values, { making: true, jsonEvents: false });
  try {
    const { explainPackage, byOrigin } = await import("../../operations/explain.ts");
    const { graph, runtime } = session;
    const explained = await explainPackage(graph, { name, runtime });
    const against = values.text("against");
    if (against === undefined) {
      const json = values.flag("json");
      const lines = json
        ? explained.entries.map((entry) => JSON.stringify(entry))
        : contents(
            explained,
            values.flag("all") ? entryRows(explained) : originRows(byOrigin(explained.entries)),
          );
      toStdout(`${lines.join("\n")}\n`);
      return exitCodes.done;
    }
    return await compare(session, { ...explained, name, against, values });
  } finally {
    session.renderer.end();
  }
}

function contents(
  { title, path, sha256, entries }: Explained,
  rows: readonly string[],
): readonly string[] {
  const size = entries.reduce((sum, entry) => sum + entry.size, 0);
  return [
    `${paint.bold(title)}  ${path}`,
    `${entries.length} files, ${bytesText(size)} unzipped, sha256 ${sha256}`,
    "",
    ...rows,
  ];
}

function originRows(origins: readonly ExplainedOrigin[]): readonly string[] {
  return table(
    ["unzipped", "zipped", "files", "from"],
    origins.map(({ origin, size, compressedSize, files }) => [
      bytesText(size),
      bytesText(compressedSize),
      String(files),
      origin,
    ]),
  );
}

function entryRows({ entries }: Explained): readonly string[] {
  const bySize = entries.toSorted((a, b) => b.size - a.size || (a.path < b.path ? -1 : 1));
  return table(
    ["unzipped", "zipped", "path", "from"],
    bySize.map(({ path, origin, size, compressedSize }) => [
      bytesText(size),
      bytesText(compressedSize),
      path,
      origin,
    ]),
  );
}

/** Numbers to the right, texts to the left; nothing behind the last column. */
function table(head: readonly string[], rows: readonly (readonly string[])[]): readonly string[] {
  const all = [head, ...rows];
  const widths = head.map((_, column) => Math.max(...all.map((row) => row[column]?.length ?? 0)));
  return all.map((row, index) => {
    const cells = row.map((cell, column) => {
      const width = widths[column] ?? 0;
      if (column === row.length - 1) return cell;
      return column < 2 || head[column] === "files" ? cell.padStart(width) : cell.padEnd(width);
    });
    const line = cells.join("  ");
    return index === 0 ? paint.dim(line) : line;
  });
}

async function compare(
  session: Session,
  options: Explained & { readonly name: string; readonly against: string; readonly values: Values },
): Promise<number> {
  const { entriesOfFile, compareWith } = await import("../../operations/explain.ts");
  const { against, values } = options;
  const there: OtherZip =
    against === "deployed" ? await deployedEntries(session, options) : await entriesOfFile(against);
  const comparison = await compareWith(options, there);
  if (values.flag("json")) {
    for (const each of comparison.differences) toStdout(`${JSON.stringify(each)}\n`);
  } else toStdout(`${differenceLines(comparison, there.sha256 === options.sha256).join("\n")}\n`);
  const same = comparison.differences.length === 0 && there.sha256 === options.sha256;
  return same ? exitCodes.done : exitCodes.couldNot;
}

async function deployedEntries(
  { workspace, graph, runtime }: Session,
  { name: named, title }: { readonly name: string; readonly title: string },
): Promise<OtherZip> {
  const { functionOfPackage } = await import("../../operations/explain.ts");
  const { functionCode } = await import("../../operations/functions.ts");
  const { TouchdownError } = await import("../../errors.ts");
  const name = functionOfPackage(graph, named, title);
  const code = await functionCode(workspace, { name }, runtime);
  if (code?.sha256 !== undefined) return { entries: code.entries, sha256: code.sha256 };
  const why = code === undefined ? "does not exist" : "is a container image, and has no zip";
  const shown = name.startsWith("function ") ? name : `function ${name}`;
  throw new TouchdownError("MISSING", `${shown} ${why}`, {
    hint: "deploy it with touchdown apply, or compare with a zip: --against FILE",
  });
}

const words = {
  "only here": "only here",
  "only there": "only there",
  contents: "other contents",
  compression: "same contents, compressed otherwise",
  mode: "same contents, another mode",
} as const;

function differenceLines(
  { differences, versions }: Comparison,
  sameBytes: boolean,
): readonly string[] {
  if (differences.length === 0) {
    return [
      sameBytes
        ? "The two zips are the same, byte for byte."
        : "Every file is the same; the zips differ in their order, dates or extra fields, which another tool wrote.",
    ];
  }
  const changes = versions.map(
    ({ name, here, there }) => `${name}: ${here ?? "not"} here, ${there ?? "not"} there`,
  );
  return [
    `${differences.length} ${differences.length === 1 ? "file differs" : "files differ"}`,
    ...changes.map((line) => `  * ${line}`),
    "",
    ...differences.map(differenceLine),
  ];
}

function differenceLine({ path, kind, origin, sizes }: Difference): string {
  const { here, there } = sizes;
  const both = here !== undefined && there !== undefined && here !== there;
  const size = both ? `: ${bytesText(here)} here, ${bytesText(there)} there` : "";
  const from = origin === undefined ? "" : paint.dim(` (${origin})`);
  return `${path}  ${words[kind]}${size}${from}`;
}
