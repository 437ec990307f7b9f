import * as z from "zod/mini";

// zod would write and compile a function for each schema, to run it a few times. Of zod's words none are loaded:
// `parse-args.ts` has its own, and what it has none for, such as a pattern, is given its message where it stands.
z.config({ jitless: true });

/**
 * A strict object whose properties keep their doc comments in the published types.
 *
 * `z.strictObject` infers through a mapped type, from which TypeScript writes declarations without
 * the comments, and users would see no help in their editor.
 */
export function strictObject<Shape extends z.core.$ZodShape>(
  shape: Shape,
): z.ZodMiniObject<Shape, z.core.$strict> {
  return z.strictObject(shape) as unknown as z.ZodMiniObject<Shape, z.core.$strict>;
}
