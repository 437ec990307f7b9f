import * as z from "zod/mini";
import { orRef } from "../../core/input.ts";

/** @source Lambda developer guide, "Defined runtime environment variables": the reserved ones */
const reserved =
  /^(?:_HANDLER|_X_AMZN_TRACE_ID|AWS_(?:DEFAULT_REGION|REGION|EXECUTION_ENV|ACCESS_KEY(?:_ID)?|SECRET_ACCESS_KEY|SESSION_TOKEN)|AWS_LAMBDA_(?:FUNCTION_(?:NAME|MEMORY_SIZE|VERSION)|INITIALIZATION_TYPE|LOG_GROUP_NAME|LOG_STREAM_NAME|RUNTIME_API)|LAMBDA_(?:TASK_ROOT|RUNTIME_DIR))$/u;

/** Environment variables by name. No message shows a value. */
export const environmentSchema = orRef(
  z.record(z.string(), orRef(z.string())).check(
    z.superRefine((variables, context) => {
      for (const name of Object.keys(variables)) {
        const message = problemOf(name);
        if (message !== undefined) context.addIssue({ code: "custom", path: [name], message });
      }
    }),
  ),
);

function problemOf(name: string): string | undefined {
  if (reserved.test(name)) return "is set by Lambda itself and can't be given";
  if (/^[A-Za-z][A-Za-z0-9_]+$/u.test(name)) return undefined;
  return "is no name that Lambda takes: two or more letters, digits and _, a letter first";
}
