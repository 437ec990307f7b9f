import type { Aspect } from "../../core/define.ts";
import type { AwsContext } from "../context.ts";
import { tagsField } from "../tags.ts";
import type { FunctionState } from "./function-read.ts";
import type { FunctionWant } from "./function-schema.ts";

/** Declared tags; all others on the function are left alone. */
export const tagsAspect: Aspect<FunctionWant, FunctionState, AwsContext> = {
  fields: { tags: tagsField() },
  apply: (context, { want, have }) => addTags(context, have.arn, want.tags),
};

/** Put these tags on a function, beside those it has. */
export async function addTags(
  context: AwsContext,
  arn: string,
  tags: Readonly<Record<string, string>>,
): Promise<void> {
  if (Object.keys(tags).length === 0) return;
  const lambda = await context.client("lambda");
  await lambda.tagResource({ Resource: arn, Tags: { ...tags } });
}
