/** Schema parts that let a ref, or the handle of another resource, stand for a value. */
import * as z from "zod/mini";
import { asArtifact } from "./artifact.ts";
import type { Artifact, ArtifactUse } from "./artifact.ts";
import { asText, isRef, isTextual } from "./ref.ts";
import type { Ref, Textual } from "./ref.ts";
import { isResource } from "./declared.ts";
import type { Resource } from "./resource.ts";

type OrRef<S extends z.ZodMiniType> = z.ZodMiniType<
  z.output<S> | Ref<z.output<S>>,
  z.input<S> | Ref<z.input<S>> | (string extends z.input<S> ? Textual : never)
>;

/**
 * `schema`, or a ref to such a value; the value is checked when the ref is known.
 *
 * @param schema  a big one as a function, so that it is made only where there is such a value
 */
export function orRef<S extends z.ZodMiniType>(schema: S | (() => S)): OrRef<S> {
  return z.pipe(
    z.unknown(),
    z.transform((value, context) => {
      if (isRef(value)) return value;
      if (isTextual(value)) return value[asText]();
      return inner(typeof schema === "function" ? schema() : schema, value, context);
    }),
  ) as unknown as OrRef<S>;
}

/** Refuse what a transform was given. @returns what it then gives */
export function refuse(context: z.core.ParsePayload, message: string): never {
  context.issues.push({ code: "custom", message, input: context.value });
  return z.NEVER;
}

/** Parse with `schema`, handing its issues on as they are, each with the part of `value` it is about. */
export function inner(
  schema: z.ZodMiniType,
  value: unknown,
  context: z.core.ParsePayload,
): unknown {
  const parsed = schema.safeParse(value, { reportInput: true });
  if (parsed.success) return parsed.data;
  for (const issue of parsed.error.issues) context.issues.push(issue as never);
  return z.NEVER;
}

/**
 * A resource's handle, which stands for one of its properties (`role: aws.getRole(…)` for its
 * `Arn`), or that property's value or a ref to it.
 */
export function handleOr<S extends z.ZodMiniType, Props extends object>(
  type: string,
  property: keyof Props & string,
  schema: S,
): z.ZodMiniType<z.output<S> | Ref<z.output<S>>, z.input<S> | Ref<z.input<S>> | Resource<Props>> {
  return z.pipe(
    z.unknown(),
    z.transform((value, context) => {
      if (isRef(value)) return value;
      const noun = type.split(".").at(-1) ?? type;
      if (value === undefined)
        return refuse(context, `is missing: it must be a ${noun}, or its ${property}`);
      if (!isResource(value)) return inner(schema, value, context);
      if (value.definition.type !== type)
        return refuse(context, `takes a ${noun}, not a ${value.definition.noun}`);
      return (value as Resource<Props>).getProperty(property);
    }),
  ) as never;
}

export interface ArtifactLike {
  readonly [asArtifact]: (use?: ArtifactUse) => Ref<Artifact>;
}

export function isArtifactLike(value: unknown): value is ArtifactLike {
  return typeof value === "object" && value !== null && asArtifact in value;
}
