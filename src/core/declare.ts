/** What a Touchdownfile declared, in order. Declaring only records. */
import type { z } from "zod/mini";
import type { ErasedDefinition, ResourceDefinition } from "./define.ts";
import { isPlain } from "./resolve.ts";
import { Resource } from "./resource.ts";
import type { AnyResource, Scope } from "./declared.ts";

interface EveryResource {
  /** What must be done first, though no argument says so. */
  readonly dependsOn?: readonly AnyResource[];
  /** Take it over even if another workspace owns it. Default: false, which is an error then. */
  readonly adopt?: boolean;
  /** Never delete it: not by `destroy`, not by `--prune`, not when it is renamed. Default: false. */
  readonly protect?: boolean;
}

export type AddArgs<Schema extends z.ZodMiniObject> = z.input<Schema> & EveryResource;
export type GetArgs<Schema extends z.ZodMiniObject, Key extends keyof z.input<Schema>> = Pick<
  z.input<Schema>,
  Key
>;

/** A Touchdownfile in JavaScript may give something else, or nothing, which the schema then refuses. */
type Arguments = Record<string, unknown> & EveryResource;

export class Declarations {
  readonly #resources: AnyResource[] = [];
  /** The name of the workspace whose they are; it counts for what is declared after it was set. */
  owner: string | undefined;

  get resources(): readonly AnyResource[] {
    return this.#resources;
  }

  /** The function behind `aws.addQueue`: declares one that must be as `args` say. */
  adder<S extends z.ZodMiniObject, K extends keyof z.input<S> & string, H, P extends object, C>(
    definition: ResourceDefinition<S, K, H, P, C>,
    scope: Scope,
  ): (args: AddArgs<S>) => Resource<P> {
    return (args) => this.#declare(definition as unknown as ErasedDefinition, scope, args, "add");
  }

  /** The function behind `aws.getQueue`: refers to one that must exist and is never changed. */
  getter<S extends z.ZodMiniObject, K extends keyof z.input<S> & string, H, P extends object, C>(
    definition: ResourceDefinition<S, K, H, P, C>,
    scope: Scope,
  ): (args: GetArgs<S, K>) => Resource<P> {
    return (args) => this.#declare(definition as unknown as ErasedDefinition, scope, args, "get");
  }

  #declare<P extends object>(
    definition: ErasedDefinition,
    scope: Scope,
    given: unknown,
    mode: "add" | "get",
  ): Resource<P> {
    const { dependsOn, adopt, protect, ...written } = isPlain(given) ? (given as Arguments) : {};
    const args = (mode === "add" && definition.atDeclaration?.(written)) || written;
    const said = { dependsOn: dependsOn ?? [], adopt, protect, owner: this.owner };
    const resource = new Resource<P>({ definition, scope, args, mode, ...said });
    this.#resources.push(resource);
    return resource;
  }
}
