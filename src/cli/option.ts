/** The shape of a verb and of its options. */
import type { Values } from "./values.ts";

export interface Option {
  /** Without the dashes. */
  readonly name: string;
  readonly short?: string;
  /** What stands for its value in the help; absent: it takes none. */
  readonly value?: string;
  /** It may stand alone, and takes its value only after `=`. */
  readonly valueMayMiss?: boolean;
  readonly help: string;
}

/** What a verb is called with. */
export interface Call {
  readonly values: Values;
  readonly operands: readonly string[];
}

export interface Verb {
  /** After the verb's name in the help, lower case, no full stop. */
  readonly does: string;
  /** What follows the verb, as the help shows it; absent: nothing may. */
  readonly operands?: string;
  /** How many it takes, at the least and at the most. Default: exactly one, where there may be any. */
  readonly operandCount?: readonly [least: number, most: number];
  /** What the operands mean: whole sentences, in lines. */
  readonly about?: string;
  readonly options: readonly Option[];
}
