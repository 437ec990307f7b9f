import type { z } from "zod/mini";
import type { AddArgs, GetArgs } from "./declare.ts";
import type { Resource } from "./resource.ts";

/** As much of a definition as its `add…` and `get…` show. */
interface Shown {
  readonly schema: z.ZodMiniObject;
  readonly key: readonly string[];
  readonly properties: object;
}

type PropertiesOf<D extends Shown> = {
  readonly [P in keyof D["properties"]]: D["properties"][P] extends (have: never) => infer Value
    ? Value
    : never;
};

/**
 * The type of `addQueue`: `readonly addQueue: Adder<typeof queue> = this.add(() => queue)`. Written
 * out, because an inferred type is published without the doc comments of the schema's properties.
 */
export type Adder<D extends Shown> = (args: AddArgs<D["schema"]>) => Resource<PropertiesOf<D>>;

/** The type of `getQueue`, as `Adder`. */
export type Getter<D extends Shown> = (
  args: GetArgs<D["schema"], D["key"][number] & keyof z.input<D["schema"]>>,
) => Resource<PropertiesOf<D>>;
