/** How an account makes its `add…` and `get…`. */
import { Declarations } from "../core/declare.ts";
import type { AddArgs, GetArgs } from "../core/declare.ts";
import type { ResourceDefinition } from "../core/define.ts";
import type { Scope } from "../core/declared.ts";
import type { Resource } from "../core/resource.ts";
import type { z } from "zod/mini";
import type { AwsContext } from "./context.ts";

/** Apart from `AwsAccount`, so that its fields can be initialised with `this.add(…)`. */
export class AccountBase {
  readonly #declarations: Declarations;
  readonly #scope: Scope;

  constructor(declarations: Declarations, scope: Scope) {
    this.#declarations = declarations;
    this.#scope = scope;
  }

  /** The function that declares a resource of this kind; the kind itself is made at its first use. */
  protected add<
    S extends z.ZodMiniObject,
    K extends keyof z.input<S> & string,
    H,
    P extends object,
  >(
    definition: () => ResourceDefinition<S, K, H, P, AwsContext>,
  ): (args: AddArgs<S>) => Resource<P> {
    return (args) => this.#declarations.adder(definition(), this.#scope)(args);
  }

  /** The function that refers to one that must exist. */
  protected get<
    S extends z.ZodMiniObject,
    K extends keyof z.input<S> & string,
    H,
    P extends object,
  >(
    definition: () => ResourceDefinition<S, K, H, P, AwsContext>,
  ): (args: GetArgs<S, K>) => Resource<P> {
    return (args) => this.#declarations.getter(definition(), this.#scope)(args);
  }
}
