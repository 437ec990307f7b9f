/** What can be known to be wrong with a function before the first call that touches it. */
import type { Problem } from "../../core/define.ts";
import type { FunctionWant } from "./function-schema.ts";
import { handlerProblems } from "./handler.ts";
import { isInline } from "./inline-code.ts";
import type { InlineArtifact } from "./inline-code.ts";
import { contentProblems, repeatedLayers } from "./function-layers.ts";
import { languageOf, runtimeProblems } from "./runtimes.ts";
import { runtimeOf } from "./settings.ts";
import { entriesOf, sizeProblems } from "./unzipped.ts";

type Check = (want: FunctionWant) => readonly Problem[] | Promise<readonly Problem[]>;

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
  (want) => repeatedLayers(want),
  (want) => contentProblems(want),
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
  // it was looked into before it was deployed
  if (code.deployed?.handler === want.handler) return [];
  // the number is that of these checks: others look again
  const fact = `a zip that Lambda takes, with the ${language} handler ${want.handler}, 1`;
  if (code.notes?.has(fact) === true) return [];
  const entries = await entriesOf("code", code);
  if ("message" in entries) return [entries];
  const paths = entries.filter(({ type }) => type !== "folder").map(({ path }) => path);
  const layers = want.layers.length > 0;
  const problems = [
    ...sizeProblems("code", code, entries),
    ...handlerProblems({ handler: want.handler, language, paths, zip: code.name, layers }),
  ];
  if (problems.length === 0) code.notes?.add(fact);
  return problems;
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
