/** A declared resource: what `add…` and `get…` return, and what refs point at. */
import type { ErasedDefinition } from "./define.ts";
import { nearest } from "./nearest.ts";
import { Ref } from "./ref.ts";
import type { Runtime } from "./runtime.ts";

/** Where a resource lives: an account and region, a target. Its context is what definitions call. */
export interface Scope {
  /** Tells two resources of one name apart: `aws eu-west-1`. Empty where there is only one such place. */
  readonly label: string;
  /** Opened once a run, on first use. */
  readonly open: (runtime: Runtime) => Promise<unknown>;
}

interface ResourceParts {
  readonly definition: ErasedDefinition;
  readonly scope: Scope;
  /** As the user wrote them; refs anywhere. */
  readonly args: Readonly<Record<string, unknown>>;
  /** `get`: must exist, is never changed. */
  readonly mode: "add" | "get";
  /** The list itself, so that what is pushed to it later counts. */
  readonly dependsOn: readonly AnyResource[];
}

const brand = Symbol.for("touchdown.resource");

export class Resource<out Props extends object = object> {
  readonly [brand] = true;
  readonly definition: ErasedDefinition;
  readonly scope: Scope;
  readonly args: Readonly<Record<string, unknown>>;
  readonly mode: "add" | "get";
  readonly dependsOn: readonly AnyResource[];
  /** Only for the type checker. */
  declare readonly props: Props;

  constructor(parts: ResourceParts) {
    this.definition = parts.definition;
    this.scope = parts.scope;
    this.args = parts.args;
    this.mode = parts.mode;
    this.dependsOn = parts.dependsOn;
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
    return `${nameOf(this)} has no property "${name}"${nearest(name, names)}`;
  }

  toString(): string {
    return nameOf(this);
  }
}

export type AnyResource = Resource;

export function isResource(value: unknown): value is AnyResource {
  return typeof value === "object" && value !== null && brand in value;
}

/** What a person calls it: `queue jobs`; `file media/settings.json`. */
export function nameOf(resource: AnyResource): string {
  return `${resource.definition.noun} ${keyText(resource)}`;
}

/** Unique among well-declared resources: `aws.sqs.queue jobs (aws eu-west-1)`. */
export function idOf(resource: AnyResource): string {
  const { label } = resource.scope;
  const id = `${resource.definition.type} ${keyText(resource)}`;
  return label === "" ? id : `${id} (${label})`;
}

function keyText(resource: AnyResource): string {
  return resource.definition.key.map((part) => partText(resource.args[part])).join("/");
}

function partText(value: unknown): string {
  if (typeof value === "string") return value;
  if (isResource(value)) return keyText(value);
  if (value instanceof Ref)
    return value.needs.map((need) => keyText(need)).join("+") || value.label;
  return JSON.stringify(value) ?? "?";
}
