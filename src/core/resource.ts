/** What `add…` and `get…` return: the handle of a declared resource, which gives refs. */
import { resourceBrand } from "./declared.ts";
import type { AnyResource, Kind, Scope } from "./declared.ts";
import { nameOf } from "./name.ts";
import { nearest } from "./nearest.ts";
import { Ref } from "./ref.ts";

export class Resource<out Props extends object = object> implements AnyResource {
  readonly [resourceBrand] = true;
  readonly definition: Kind;
  readonly scope: Scope;
  readonly args: Readonly<Record<string, unknown>>;
  readonly mode: "add" | "get";
  readonly dependsOn: readonly AnyResource[];
  readonly owner: string | undefined;
  readonly adopt: boolean | undefined;
  readonly protect: boolean | undefined;
  /** Grows with every `workspace.moved`. */
  readonly movedFrom: string[];
  /** Only for the type checker. */
  declare readonly props: Props;

  constructor(parts: AnyResource) {
    this.definition = parts.definition;
    this.scope = parts.scope;
    this.args = parts.args;
    this.mode = parts.mode;
    this.dependsOn = parts.dependsOn;
    this.owner = parts.owner;
    this.adopt = parts.adopt;
    this.protect = parts.protect;
    this.movedFrom = [...(parts.movedFrom ?? [])];
  }

  /** A value this resource will have, by its owner's own name; usable before it exists. */
  getProperty<P extends keyof Props & string>(name: P): Ref<Props[P]> {
    const label = `${nameOf(this)}.${name}`;
    return new Ref<Props[P]>({
      needs: [this],
      label,
      problems: Object.hasOwn(this.definition.properties, name) ? [] : [this.#unknown(name)],
      // The definition's own `properties` made this value: its type is the one declared there.
      evaluate: (lookup) => lookup(this, name) as ReturnType<Ref<Props[P]>["evaluate"]>,
    });
  }

  #unknown(name: string): string {
    const names = Object.keys(this.definition.properties);
    const near = nearest(name, names);
    return `${nameOf(this)} has no property "${name}"${near === "" ? `; it has ${names.join(", ")}` : near}`;
  }

  toString(): string {
    return nameOf(this);
  }
}
