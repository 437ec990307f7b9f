/** What can be known to be wrong with a layer before the first call that touches it. */
import type { Problem } from "../../core/define.ts";
import { architecturesOf, runtimesOf } from "./layer-fields.ts";
import type { LayerWant } from "./layer-schema.ts";
import { languageOf } from "./runtimes.ts";
import type { RuntimeName } from "./runtimes.ts";
import { entriesOf, sizeProblems } from "./unzipped.ts";

type Check = (want: LayerWant) => readonly Problem[] | Promise<readonly Problem[]>;

export const layerChecks: readonly Check[] = [
  (want) => builtForProblems(want),
  (want) => zipProblems(want),
];

/** Content made for one Python or processor goes with no other. */
function builtForProblems(want: LayerWant): readonly Problem[] {
  const { builtFor = {}, name } = want.content;
  const missing = (built: string | undefined, named: readonly string[]): built is string =>
    built !== undefined && named.length > 0 && !named.includes(built);
  const problems: Problem[] = [];
  const say = (argument: string, built: string): void => {
    const message = `must name ${built}, as ${name} was built for it`;
    problems.push({ path: [argument], message });
  };
  if (missing(builtFor.runtime, runtimesOf(want))) say("compatibleRuntimes", builtFor.runtime);
  if (missing(builtFor.architecture, architecturesOf(want))) {
    say("compatibleArchitectures", builtFor.architecture);
  }
  return problems;
}

async function zipProblems(want: LayerWant): Promise<readonly Problem[]> {
  const { content } = want;
  const entries = await entriesOf("content", content);
  if ("message" in entries) return [entries];
  const paths = entries.map(({ path }) => path);
  return [...sizeProblems("content", content, entries), ...folderProblems(want, paths)];
}

/**
 * Where a runtime looks in `/opt`, to which Lambda unpacks a layer.
 *
 * @source Lambda developer guide, "Packaging your layer content": layer paths for each runtime
 */
const foldersOf = { nodejs: "nodejs/", python: "python/", java: "java/", ruby: "ruby/" } as const;

/** @source the same, "all runtimes"; Lambda Extensions API: `/opt/extensions` */
const foldersOfAll = ["bin/", "lib/", "extensions/"];

/** A warning: what a layer holds may also be read from `/opt` by its path. */
function folderProblems(want: LayerWant, paths: readonly string[]): readonly Problem[] {
  const names = runtimesOf(want);
  const languages = names.map((name) => languageOf(name as RuntimeName));
  const own = [...new Set(languages)].map((language) => folderOf(language));
  // Of a runtime that brings its own rules nothing is known.
  if (own.includes(undefined)) return [];
  const looked = [...(names.length === 0 ? Object.values(foldersOf) : own), ...foldersOfAll];
  if (paths.some((path) => looked.some((folder) => path.startsWith(folder ?? "")))) return [];
  const where = looked.join(", ");
  return [
    {
      path: ["content"],
      severity: "warning",
      message: `has nothing in ${where} (${want.content.name}), and no runtime looks elsewhere`,
      hint: `put what is to be imported below ${own[0] ?? foldersOf.python} in the zip`,
    },
  ];
}

function folderOf(language: string): string | undefined {
  return language in foldersOf ? foldersOf[language as keyof typeof foldersOf] : undefined;
}
