import * as z from "zod";

/** A path as a Touchdownfile names it. */
export const pathSchema = z
  .string()
  .refine((path) => path !== "" && !path.includes("\0"), { error: "must be a path" });
