/** Schema parts that let a ref, or the handle of another resource, stand for a value. */
import * as z from "zod";
import { asArtifact } from "./artifact.ts";
import type { Artifact, ArtifactUse } from "./artifact.ts";
import { asText, isRef, isTextual } from "./ref.ts";
import type { Ref, Textual } from "./ref.ts";
import { isResource } from "./declared.ts";
import type { Resource } from "./resource.ts";

type OrRef<S extends z.ZodType> = z.ZodType<
  z.output<S> | Ref<z.output<S>>,
  z.input<S> | Ref<z.input<S>> | (string extends z.input<S> ? Textual : never)
>;

/**
 * `schema`, or a ref to such a value; the value is checked when the ref is known.
 *
 * @param schema  a big one as a function, so that it is made only where there is such a value
 */
export function orRef<S extends z.ZodType>(schema: S | (() => S)): OrRef<S> {
  return z.unknown().transform((value, context) => {
    if (isRef(value)) return value;
    if (isTextual(value)) return value[asText]();
    return inner(typeof schema === "function" ? schema() : schema, value, context);
  }) as unknown as OrRef<S>;
}

/** Parse with `schema`, handing its issues on as they are, each with the part of `value` it is about. */
export function inner(schema: z.ZodType, value: unknown, context: z.core.$RefinementCtx): unknown {
  const parsed = schema.safeParse(value, { reportInput: true });
  if (parsed.success) return parsed.data;
  for (const issue of parsed.error.issues) context.issues.push(issue as never);
  return z.NEVER;
}

/**
 * A resource's handle, which stands for one of its properties (`role: aws.getRole(…)` for its
 * `Arn`), or that property's value or a ref to it.
 */
export function handleOr<S extends z.ZodType, Props extends object>(
  type: string,
  property: keyof Props & string,
  schema: S,
): z.ZodType<z.output<S> | Ref<z.output<S>>, z.input<S> | Ref<z.input<S>> | Resource<Props>> {
  return z.unknown().transform((value, context) => {
    if (isRef(value)) return value;
    const noun = type.split(".").at(-1) ?? type;
    if (value === undefined)
      context.addIssue(`is missing: it must be a ${noun}, or its ${property}`);
    else if (!isResource(value)) return inner(schema, value, context);
    else if (value.definition.type !== type)
      context.addIssue(`takes a ${noun}, not a ${value.definition.noun}`);
    else return (value as Resource<Props>).getProperty(property);
    return z.NEVER;
  }) as never;
}

export interface ArtifactLike {
  readonly [asArtifact]: (use?: ArtifactUse) => Ref<Artifact>;
}

export function isArtifactLike(value: unknown): value is ArtifactLike {
  return typeof value === "object" && value !== null && asArtifact in value;
}
