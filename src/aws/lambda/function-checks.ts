/** What can be known to be wrong with a function before the first call that touches it. */
import type { Artifact } from "../../core/artifact.ts";
import type { Problem } from "../../core/define.ts";
import { TouchdownError } from "../../errors.ts";
import { readCentralDirectory } from "../../zip/read.ts";
import type { ZipEntry } from "../../zip/read.ts";
import type { FunctionWant } from "./function-schema.ts";
import { handlerProblems } from "./handler.ts";
import { isInline } from "./inline-code.ts";
import type { InlineArtifact } from "./inline-code.ts";
import { languageOf, runtimeProblems } from "./runtimes.ts";
import { runtimeOf } from "./settings.ts";
import { megabytes } from "./upload.ts";

type Check = (want: FunctionWant) => readonly Problem[] | Promise<readonly Problem[]>;

/** @source Lambda developer guide, "Lambda quotas": deployment package, unzipped, layers included */
const unzippedBytes = 262_144_000;

/** @source Lambda developer guide, "Lambda quotas": environment variables, together */
const environmentBytes = 4 * 1024;

export const functionChecks: readonly Check[] = [
  ({ code, s3File }) => oneOf(code !== undefined, s3File !== undefined),
  (want) => runtimeProblems(runtimeOf(want), Date.now()),
  ({ publish, keepVersions }) =>
    publish || keepVersions === undefined
      ? []
      : [{ path: ["keepVersions"], message: "needs publish: without it there are no versions" }],
  ({ logging: { format, applicationLevel, systemLevel } }) =>
    format === "JSON" || (applicationLevel ?? systemLevel) === undefined
      ? []
      : [{ path: ["logging"], message: 'can set levels only with format "JSON"' }],
  ({ environment }) => environmentProblems(environment),
  (want) => builtForProblems(want),
  (want) => zipProblems(want),
];

function oneOf(code: boolean, s3File: boolean): readonly Problem[] {
  if (code !== s3File) return [];
  return [
    {
      path: [],
      message: code ? "takes code or s3File, not both" : "needs its code: code or s3File",
    },
  ];
}

function environmentProblems(environment: Readonly<Record<string, string>>): readonly Problem[] {
  const size = Buffer.byteLength(JSON.stringify(environment));
  if (size <= environmentBytes) return [];
  const message = `has ${size} bytes of names and values, and Lambda takes ${environmentBytes}`;
  return [
    { path: ["environment"], message, hint: "put large values into a file in the zip or S3" },
  ];
}

/** A package made for one Python or processor runs on no other. */
function builtForProblems(want: FunctionWant): readonly Problem[] {
  const { runtime, architecture } = want.code?.builtFor ?? {};
  const [declared] = want.architectures;
  const zip = want.code?.name ?? "";
  const problems: Problem[] = [];
  if (runtime !== undefined && runtime !== runtimeOf(want)) {
    const message = `is ${runtimeOf(want)}, and ${zip} was built for ${runtime}`;
    problems.push({ path: ["runtime"], message });
  }
  if (architecture !== undefined && architecture !== declared) {
    const message = `is ${declared}, and ${zip} was built for ${architecture}`;
    problems.push({ path: ["architectures"], message });
  }
  return problems;
}

async function zipProblems(want: FunctionWant): Promise<readonly Problem[]> {
  const { code } = want;
  if (code === undefined) return [];
  const language = languageOf(runtimeOf(want));
  if (isInline(code)) return inlineProblems(code, want.handler, language);
  const entries = await entriesOf(code);
  if ("message" in entries) return [entries];
  const paths = entries.filter(({ type }) => type !== "folder").map(({ path }) => path);
  const layers = want.layers.length > 0;
  return [
    ...sizeProblems(code, entries),
    ...handlerProblems({ handler: want.handler, language, paths, zip: code.name, layers }),
  ];
}

async function entriesOf(code: Artifact): Promise<readonly ZipEntry[] | Problem> {
  try {
    // Lambda's own limit is what counts here, whatever the zip's ratio.
    return await readCentralDirectory(code, { maxRatio: Infinity });
  } catch (error) {
    if (!(error instanceof TouchdownError)) throw error;
    return {
      path: ["code"],
      message: `is no zip that Lambda could unpack: ${code.name}: ${error.message}`,
      code: error.code,
      ...(error.hint === undefined ? {} : { hint: error.hint }),
    };
  }
}

function sizeProblems(code: Artifact, entries: readonly ZipEntry[]): readonly Problem[] {
  const total = entries.reduce((sum, { size }) => sum + size, 0);
  if (total <= unzippedBytes) return [];
  const biggest = biggestOf(entries).map(([name, size]) => `${name} ${megabytes(size)}`);
  return [
    {
      path: ["code"],
      code: "CODE_TOO_BIG",
      message: `has ${total} bytes unzipped (${code.name}), and Lambda takes ${unzippedBytes}`,
      hint: `the biggest things in it: ${biggest.join(", ")}`,
    },
  ];
}

/** By what stands at the top of the zip: a package counts as a whole. */
function biggestOf(entries: readonly ZipEntry[]): readonly [string, number][] {
  const sizes = new Map<string, number>();
  for (const { path, size } of entries) {
    const name = path.includes("/") ? path.slice(0, path.indexOf("/") + 1) : path;
    sizes.set(name, (sizes.get(name) ?? 0) + size);
  }
  return [...sizes].toSorted(([, a], [, b]) => b - a).slice(0, 10);
}

/** The file is `main`; what is in it is known. */
function inlineProblems(
  { inline }: InlineArtifact,
  handler: string,
  language: string,
): readonly Problem[] {
  const needed = inline.language === "python" ? "python" : "nodejs";
  if (language !== needed) {
    return [
      { path: ["runtime"], message: `is for ${language}, and the code is ${inline.language}` },
    ];
  }
  const name = /^main\.([\p{ID_Start}$_][\p{ID_Continue}$]*)$/u.exec(handler)?.[1];
  const should = inline.exported ?? name;
  if (name === undefined || name !== should) {
    const wanted =
      should === undefined ? "main. with the function's name after it" : `main.${should}`;
    const message = `must be ${wanted}, as the code is inline, got ${handler}`;
    return [{ path: ["handler"], message }];
  }
  if (inline.exported !== undefined || new RegExp(`\\b${name}\\b`, "u").test(inline.source))
    return [];
  return [{ path: ["handler"], message: `names ${name}, which is not in the inline code` }];
}
