/** What a function's code was built from, noted in tags: a machine that never saw the zip knows it again. */
import type { Artifact, Deployed } from "../../core/artifact.ts";
import type { Aspect } from "../../core/define.ts";
import type { AwsContext } from "../context.ts";
import type { Tags } from "../tags.ts";
import type { FunctionState } from "./function-read.ts";
import type { FunctionWant } from "./function-schema.ts";
import { addTags } from "./function-tags.ts";

/** The key of all that the zip was made from, and its size unzipped in bytes. */
const buildTag = "touchdown:build";

/** The zip's sha256: where it is not that of the function's code, somebody else's code has taken its place. */
const sha256Tag = "touchdown:sha256";

export function buildTags(code: Artifact | undefined): Tags {
  if (code?.key === undefined || code.unzippedSize === undefined) return {};
  return { [buildTag]: `${code.key} ${code.unzippedSize}`, [sha256Tag]: code.sha256 };
}

/** As the tags say, if they are about the code that the function has. */
export function builtFrom({
  tags,
  codeSha256,
  configuration,
}: FunctionState): { readonly key: string; readonly deployed: Deployed } | undefined {
  const [key, unzippedSize] = tags[buildTag]?.split(" ") ?? [];
  if (key === undefined || tags[sha256Tag] !== codeSha256) return undefined;
  return {
    key,
    deployed: {
      sha256: codeSha256,
      size: configuration.CodeSize ?? 0,
      unzippedSize: Number(unzippedSize),
      handler: configuration.Handler ?? "",
    },
  };
}

/**
 * Where the same bytes came of other inputs, such as another version of touchdown. Of new code it is noted together with
 * the outcome of its update.
 */
export const builtFromAspect: Aspect<FunctionWant, FunctionState, AwsContext> = {
  fields: {
    builtFrom: {
      want: ({ code }, have) =>
        code?.key !== undefined && have?.codeSha256 === code.sha256 ? code.key : undefined,
      have: (have) => builtFrom(have)?.key,
      action: "note what it was built from",
      show: (key) => (typeof key === "string" ? `${key.slice(0, 4)}…` : "nothing"),
    },
  },
  apply: (context, { want, have }) => addTags(context, have.arn, buildTags(want.code)),
};
