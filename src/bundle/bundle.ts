/** A bundle: steps on a target, one after the other. */
import type { z } from "zod/mini";
import { TouchdownError } from "../errors.ts";
import type { Adder } from "../core/adder.ts";
import type { AddArgs, Declarations } from "../core/declare.ts";
import type { AnyResource, Scope } from "../core/declared.ts";
import type { ResourceDefinition } from "../core/define.ts";
import { nameOf } from "../core/name.ts";
import { nearest } from "../core/nearest.ts";
import { isRef } from "../core/ref.ts";
import { isPlain } from "../core/resolve.ts";
import type { Resource } from "../core/resource.ts";
import { directory } from "./directory.ts";
import { execute } from "./execute.ts";
import { file } from "./file.ts";
import { line } from "./line.ts";
import { link } from "./link.ts";
import { LocalTarget } from "./local-target.ts";
import { asOutput, output } from "./output.ts";
import type { Output } from "./output.ts";
import type { StepContext } from "./step-context.ts";
import type { TargetHandle } from "./target.ts";

export interface BundleArgs {
  /** Where its steps are carried out: what `workspace.addLocal()` returned. */
  readonly target: TargetHandle;
  /**
   * Run every command each time, whatever its `unless`, `creates` and `watches` say (`onlyIf` still
   * counts). Files, folders, links and lines are compared each time anyway.
   */
  readonly alwaysApply?: boolean;
}

/** Each step waits for the one before it, and whatever it changes is looked at again. */
export class Bundle {
  /** A command. */
  readonly addExecute: Adder<typeof execute>;
  /** A file with given contents. */
  readonly addFile: Adder<typeof file>;
  /** A folder. */
  readonly addDirectory: Adder<typeof directory>;
  /** A symbolic link. */
  readonly addLink: Adder<typeof link>;
  /** One line of a text file. */
  readonly addLine: Adder<typeof line>;
  /** A file that the steps before it make, as bytes or as text. */
  readonly addOutput: (args: AddArgs<typeof output.schema>) => Output;

  readonly #declarations: Declarations;
  readonly #steps: AnyResource[] = [];
  readonly #makers = new Map<string, readonly string[]>();
  readonly #scope: Scope;

  constructor(declarations: Declarations, args: BundleArgs) {
    this.#declarations = declarations;
    this.#scope = scopeOf(args, this.#makers);
    const addExecute = this.#step(execute);
    this.addExecute = (given) => addExecute({ ...given, name: this.#commandName(asGiven(given)) });
    this.addFile = this.#step(file);
    this.addDirectory = this.#step(directory);
    this.addLink = this.#step(link);
    this.addLine = this.#step(line);
    const addOutput = this.#step(output);
    this.addOutput = (args) => {
      const { name = "", dependsOn = [] } = asGiven(args);
      const makers = this.#steps.filter((step) => step.definition.type !== output.type);
      this.#makers.set(name, makers.map(nameOf));
      return asOutput(addOutput({ ...args, dependsOn: listed(dependsOn, makers) }));
    };
  }

  #step<S extends z.ZodMiniObject, K extends keyof z.input<S> & string, H, P extends object>(
    definition: ResourceDefinition<S, K, H, P, StepContext>,
  ): (args: AddArgs<S>) => Resource<P> {
    const add = this.#declarations.adder(definition, this.#scope);
    return (args) => {
      const before = this.#steps.at(-1);
      const given: readonly AnyResource[] = asGiven(args).dependsOn ?? [];
      const dependsOn = listed(given, before === undefined ? [] : [before]);
      const step = add(isPlain(args) ? { ...args, dependsOn } : args);
      this.#steps.push(step);
      return step;
    };
  }

  /** What plans call a command: as given, else the command; numbered where that is taken. */
  #commandName(args: Partial<AddArgs<typeof execute.schema>>): string {
    if (args.name !== undefined) return args.name;
    const { cwd, command } = args;
    const name = `${brief(command)}${typeof cwd === "string" ? ` in ${cwd}` : ""}`;
    const { label } = this.#scope;
    const taken = new Set(
      this.#declarations.resources
        .filter(
          ({ definition, scope }) => definition.type === execute.type && scope.label === label,
        )
        .map((resource) => resource.args["name"]),
    );
    let number = 1;
    while (taken.has(number === 1 ? name : `${name} (${number})`)) number += 1;
    return number === 1 ? name : `${name} (${number})`;
  }
}

/** `workspace.addLocal()`. */
export function addLocal(): LocalTarget {
  return new LocalTarget();
}

/** What is wrong with the arguments of `workspace.addFuselageBundle()`, which then makes a `Bundle`. */
export function bundleProblems(args: BundleArgs): readonly TouchdownError[] {
  const given: Partial<Record<string, unknown>> = { ...args };
  const { target, alwaysApply = false, ...others } = given;
  const problem = (message: string, hint?: string): TouchdownError =>
    new TouchdownError(
      "ARGUMENT",
      `addFuselageBundle: ${message}`,
      hint === undefined ? {} : { hint },
    );
  return [
    ...(isTarget(target) ? [] : [problem("target must be what workspace.addLocal() returns")]),
    ...(typeof alwaysApply === "boolean" ? [] : [problem("alwaysApply must be true or false")]),
    ...Object.keys(others).map((name) =>
      problem(`${name} is not an argument${nearest(name, ["target", "alwaysApply"])}`),
    ),
  ];
}

function isTarget(value: unknown): value is TargetHandle {
  if (typeof value !== "object" || value === null) return false;
  const { label, open } = value as Partial<TargetHandle>;
  return typeof label === "string" && typeof open === "function";
}

/** Made also where the target is none, so that everything else wrong is found as well. */
function scopeOf(args: Partial<BundleArgs> | undefined, makers: StepContext["makers"]): Scope {
  const { target, alwaysApply = false } = args ?? {};
  const open: Scope["open"] = async (runtime): Promise<StepContext> => {
    const opened = await (target ?? new LocalTarget()).open(runtime);
    return { target: opened, runtime, alwaysApply, ran: new Set(), makers };
  };
  return { label: isTarget(target) ? target.label : "", open };
}

/** A Touchdownfile in JavaScript may give nothing at all, which the schema refuses. */
function asGiven<T extends object>(args: T): Partial<T> {
  return isPlain(args) ? args : {};
}

/** What is no list stays as it is, and is refused with everything else that is wrong. */
function listed(
  given: readonly AnyResource[],
  more: readonly AnyResource[],
): readonly AnyResource[] {
  return Array.isArray(given) ? [...new Set([...(given as AnyResource[]), ...more])] : given;
}

const longestName = 80;

function brief(command: unknown): string {
  const words: readonly unknown[] = Array.isArray(command) ? command : [command];
  const text = words.map((word) => (isRef(word) ? word.label : String(word))).join(" ");
  const line = text.replaceAll(/\s+/g, " ").trim();
  if (line === "" || command === undefined) return "?";
  return line.length > longestName ? `${line.slice(0, longestName - 1)}…` : line;
}
