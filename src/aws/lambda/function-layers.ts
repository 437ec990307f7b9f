/** What can be known to be wrong with a function's layers. */
import type { Artifact } from "../../core/artifact.ts";
import type { Problem } from "../../core/define.ts";
import { unlessSuspended } from "../../core/want.ts";
import type { FunctionWant } from "./function-schema.ts";
import { layerArnOf } from "./layer-use.ts";
import type { UsedLayer } from "./layer-use.ts";
import { runtimeOf } from "./settings.ts";
import { unzippedBytes, unzippedSizeOf } from "./unzipped.ts";

/** Of layers that are declared here, as far as their content is known; others can't be looked into. */
export async function contentProblems(want: FunctionWant): Promise<readonly Problem[]> {
  const contents = want.layers.map(contentOf);
  const zips = contents.filter((zip) => zip !== undefined);
  return [
    ...contents.flatMap((zip, index) => builtForProblems(want, zip, index)),
    ...(await togetherProblems(want.code, zips)),
  ];
}

function contentOf(layer: UsedLayer): Artifact | undefined {
  const content = typeof layer === "string" ? undefined : unlessSuspended(() => layer.content);
  return content?.known === true ? content.value : undefined;
}

/**
 * Two versions of one layer, or one of them twice.
 *
 * @source Lambda API, CreateFunction: InvalidParameterValueException, two versions of a layer in a
 *   function
 */
export function repeatedLayers({ layers }: FunctionWant): readonly Problem[] {
  const names = layers.map((layer) => {
    const arn = unlessSuspended(() => layerArnOf(layer));
    if (arn.known) return arn.value.replace(/:\d+$/u, "");
    return typeof layer === "string" ? layer : layer.label;
  });
  return names.flatMap((name, index) =>
    names.indexOf(name) === index
      ? []
      : [{ path: ["layers", index], message: `names a layer that is there already: ${name}` }],
  );
}

/** A layer made for one Python or processor is of no use to another. */
function builtForProblems(
  want: FunctionWant,
  zip: Artifact | undefined,
  index: number,
): readonly Problem[] {
  const { runtime = runtimeOf(want), architecture } = zip?.builtFor ?? {};
  const [declared] = want.architectures;
  const path = ["layers", index];
  const was = `has ${zip?.name}, which was built for`;
  const problems: Problem[] = [];
  if (runtime !== runtimeOf(want)) {
    const message = `${was} ${runtime}, and the runtime is ${runtimeOf(want)}`;
    problems.push({ path, message, hint: forLayer("compatibleRuntimes", runtimeOf(want)) });
  }
  if (architecture !== undefined && architecture !== declared) {
    const message = `${was} ${architecture}, and the architecture is ${declared}`;
    problems.push({ path, message, hint: forLayer("compatibleArchitectures", declared) });
  }
  return problems;
}

/** A package is built for what its layer names. */
function forLayer(argument: string, value: string | undefined): string {
  return `a package in a layer is built for what the layer names: ${argument}: ["${value}"]`;
}

/** The limit counts them all. Code that is too big alone has been said already. */
async function togetherProblems(
  code: Artifact | undefined,
  layers: readonly Artifact[],
): Promise<readonly Problem[]> {
  if (layers.length === 0) return [];
  const own = code === undefined ? 0 : await unzippedSizeOf(code);
  const sizes = await Promise.all(layers.map(unzippedSizeOf));
  const total = sizes.reduce((sum, size) => sum + size, own);
  if (total <= unzippedBytes || Math.max(own, ...sizes) > unzippedBytes) return [];
  const parts = layers.map(({ name }, index) => `${sizes[index] ?? 0} in ${name}`);
  if (code !== undefined) parts.unshift(`${own} in ${code.name}`);
  return [
    {
      path: ["layers"],
      code: "CODE_TOO_BIG",
      message: `make it ${total} bytes unzipped, and Lambda takes ${unzippedBytes}`,
      hint: `there are ${parts.join(", ")}`,
    },
  ];
}
