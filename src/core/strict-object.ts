import * as z from "zod";

// zod would write and compile a function for each schema, to run it a few times.
z.config({ jitless: true });

/**
 * A strict object whose properties keep their doc comments in the published types.
 *
 * `z.strictObject` infers through a mapped type, from which TypeScript writes declarations without
 * the comments, and users would see no help in their editor.
 */
export function strictObject<Shape extends z.ZodRawShape>(
  shape: Shape,
): z.ZodObject<Shape, z.core.$strict> {
  return z.strictObject(shape) as unknown as z.ZodObject<Shape, z.core.$strict>;
}
