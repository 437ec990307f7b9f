/** Refs: values that another resource will have. They are the edges of the graph. */
import { TouchdownError } from "../errors.ts";
import type { AnyResource } from "./declared.ts";

/** A value, or the resources it still waits for. */
export type Outcome<T> =
  | { readonly known: true; readonly value: T }
  | { readonly known: false; readonly needs: readonly AnyResource[] };

/** Where a ref's evaluation asks for a property of a resource. */
export type Lookup = (resource: AnyResource, property: string) => Outcome<unknown>;

interface RefParts<T> {
  readonly needs: readonly AnyResource[];
  readonly evaluate: (lookup: Lookup) => Outcome<T>;
  /** For messages and for telling two keys apart: `queue jobs.QueueUrl`. */
  readonly label: string;
  /** What was wrong with it when it was made; reported with everything else before the first call. */
  readonly problems?: readonly string[];
}

const brand = Symbol.for("touchdown.ref");

/**
 * A value known only once other resources exist. Made by `getProperty`, by the serializers and by
 * `map`; goes wherever the value itself could.
 */
export class Ref<out T> {
  readonly [brand] = true;
  readonly needs: readonly AnyResource[];
  readonly evaluate: (lookup: Lookup) => Outcome<T>;
  readonly label: string;
  readonly problems: readonly string[];

  constructor(parts: RefParts<T>) {
    this.needs = [...new Set(parts.needs)];
    this.evaluate = parts.evaluate;
    this.label = parts.label;
    this.problems = parts.problems ?? [];
  }

  /** A ref to `derive(value)`; `derive` runs when the value is known, and may run more than once. */
  map<U>(derive: (value: T) => U): Ref<U> {
    return new Ref<U>({
      needs: this.needs,
      label: this.label,
      problems: this.problems,
      evaluate: (lookup) => {
        const outcome = this.evaluate(lookup);
        if (!outcome.known) return outcome;
        try {
          return { known: true, value: derive(outcome.value) };
        } catch (cause) {
          const reason = cause instanceof Error ? cause.message : String(cause);
          const message = `what map was given for ${this.label} threw: ${reason.split("\n", 1)[0] ?? ""}`;
          throw new TouchdownError("TOUCHDOWNFILE_THREW", message, { cause });
        }
      },
    });
  }

  /** Guards against `${ref}` and `"" + ref`, which would put the text of an object into a string. */
  toString(): string {
    throw new TypeError(
      `${this.label} is not known yet: use serializers.format or .map instead of a template string`,
    );
  }

  toJSON(): never {
    throw new TypeError(
      `${this.label} is not known yet: use serializers.json instead of JSON.stringify`,
    );
  }
}

/** Whether `value` is a ref, of this or of another loaded copy of touchdown. */
export function isRef(value: unknown): value is Ref<unknown> {
  return typeof value === "object" && value !== null && brand in value;
}

/** What can stand where a string is expected: a thing that has text, such as a bundle's output. */
export const asText = Symbol.for("touchdown.asText");

export interface Textual {
  readonly [asText]: () => Ref<string>;
}

export function isTextual(value: unknown): value is Textual {
  return typeof value === "object" && value !== null && asText in value;
}

/** `T` with a ref allowed for it and for everything inside it. */
export type Input<T> =
  | T
  | Ref<T>
  | (T extends string ? Textual : never)
  | (T extends readonly (infer U)[]
      ? readonly Input<U>[]
      : T extends object
        ? { readonly [K in keyof T]: Input<T[K]> }
        : never);

/** `T` with every ref replaced by the value it stands for. */
export type Resolved<T> =
  T extends Ref<infer U>
    ? Resolved<U>
    : T extends Textual
      ? string
      : T extends (...args: never[]) => unknown
        ? T
        : T extends readonly (infer U)[]
          ? readonly Resolved<U>[]
          : T extends object
            ? { readonly [K in keyof T]: Resolved<T[K]> }
            : T;
