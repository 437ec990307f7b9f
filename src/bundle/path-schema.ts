import * as z from "zod/mini";

/** A path as a Touchdownfile names it. */
export const pathSchema = z
  .string()
  .check(z.refine((path) => path !== "" && !path.includes("\0"), { error: "must be a path" }));
