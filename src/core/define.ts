/** What a kind of resource is: the recipe every file in `aws/` and `bundle/` fills in. */
import type { z } from "zod/mini";
import type { Deployed } from "./artifact.ts";
import type { AnyResource } from "./declared.ts";
import type { Ownership } from "./mark.ts";
import type { Owned } from "./owned.ts";
import type { Resolved } from "./ref.ts";
import type { ErrorCode } from "../errors.ts";

/** One comparable value of a resource, as declared and as it is. */
export interface Field<Want, Have> {
  /**
   * As declared, defaults filled in; `undefined` means "whatever it is". Reading an argument that
   * is not known yet suspends this field, not the others. `have`, where there is one, is for what
   * only `read` can find out of a declaration: the size of a file that it names.
   */
  readonly want: (want: Want, have?: Have) => unknown;
  /** As it is, in the same form. */
  readonly have: (have: Have) => unknown;
  /** Compared by meaning: for what AWS reorders or rewrites. Default: deep equality, key order aside. */
  readonly equal?: (want: unknown, have: unknown) => boolean;
  /** Of an object only the keys that are declared count; others are left alone: tags. */
  readonly onlyDeclaredKeys?: boolean;
  /** Shown only as added, changed or removed, by name. */
  readonly secret?: boolean;
  /** Can't be changed in place: a difference is the error IMMUTABLE, before any call that changes. */
  readonly immutable?: boolean;
  /** How a value reads in a plan; default: JSON, shortened. */
  readonly show?: (value: unknown) => string;
  /** What the plan says in place of the field's name: `upload code`. */
  readonly action?: string;
  /** Shown when the resource is created, even where its argument was left out. */
  readonly shownOnCreate?: boolean;
}

/** A separately changeable part of a resource. */
export interface Aspect<Want, Have, Context> {
  readonly fields: Readonly<Record<string, Field<Want, Have>>>;
  /** Runs as well when one of these aspects ran: a version is published after code or configuration. */
  readonly after?: readonly string[];
  /** What `after` alone makes the plan say: `publish a new version`. */
  readonly afterText?: string;
  /**
   * Whether `after` counts: `publish: false` publishes nothing. Default: it does. `now` is the resource once those it
   * comes after have run; absent in a plan.
   */
  readonly afterIf?: (want: Want, now?: Have) => boolean;
  /** Properties that are not known until it has run. */
  readonly affects?: readonly string[];
  /** Make it so. Called with at least one change, or after one of `after`. @returns when AWS has settled */
  readonly apply: (context: Context, change: AspectChange<Want, Have>) => Promise<void>;
}

export interface AspectChange<Want, Have> {
  readonly want: Want;
  /** Read in this run, after every aspect before this one. */
  readonly have: Have;
  /** Names of the fields that differ. */
  readonly fields: ReadonlySet<string>;
}

/** Where the declaration stands: what paths in it are relative to. */
export interface Place {
  /** The Touchdownfile's folder. */
  readonly folder: string;
  /**
   * Whether this run makes what is declared, or plans to: only then must the files be there that it
   * is made from. Default: it does.
   */
  readonly making?: boolean;
}

type Args<Schema extends z.ZodMiniObject> = Resolved<z.output<Schema>>;

export interface ResourceDefinition<
  Schema extends z.ZodMiniObject,
  Key extends keyof z.input<Schema> & string,
  Have,
  Props extends object,
  Context,
> {
  /** Unique: `aws.sqs.queue`. */
  readonly type: string;
  /** What a person calls it: `queue`. */
  readonly noun: string;
  /** A strict object; refs allowed through `orRef`; takes its own output again, refs replaced. */
  readonly schema: Schema;
  /** Arguments that identify it: the ones `get…` takes. */
  readonly key: readonly Key[];
  /**
   * What is to be made of the arguments as they are declared, before anything is checked: a
   * function tells its package what to build for. They may be anything a user wrote.
   */
  readonly atDeclaration?: (
    args: Readonly<Record<string, unknown>>,
  ) => Readonly<Record<string, unknown>>;
  /** Arguments whose values no message may show, such as `environment`. */
  readonly secretArgs?: readonly string[];
  /**
   * What no single argument can show, such as two that exclude each other. Run before the first
   * call, and again when refs are known; one that reads an argument not known yet is put off.
   */
  readonly checks?: readonly ((
    want: Args<Schema>,
    place: Place,
  ) => readonly Problem[] | Promise<readonly Problem[]>)[];
  /** It makes no calls of its own, and waits for nothing: of what happens meanwhile it need not be said whose it is. */
  readonly callsNobody?: boolean;
  /** `read` needs every argument, not only `key`: a builder looks under the hash of all its inputs. */
  readonly readsAll?: boolean;
  /**
   * Its real state, or `undefined` if AWS says by name that it is not there. Only `key` may be read
   * from `want`, unless `readsAll`.
   *
   * @param before  as this run read it before the one aspect that it has applied since; absent at a first look
   */
  readonly read: (context: Context, want: Args<Schema>, before?: Have) => Promise<Have | undefined>;
  /** How many are read at once, where AWS lists them. Absent: each is read by itself. */
  readonly readAll?: ReadAll<Args<Schema>, Have, Context>;
  /** What is known of the artifact that it runs, under the key it was made with. */
  readonly recalls?: (
    have: Have,
  ) => { readonly key: string; readonly deployed: Deployed } | undefined;
  /** The least that makes it exist; aspects do the rest. Absent: `read` never gives `undefined`. */
  readonly create?: (context: Context, want: Args<Schema>) => Promise<void>;
  /** In the order they are applied. */
  readonly aspects: Readonly<Record<string, Aspect<Args<Schema>, Have, Context>>>;
  /** Fine if already gone. Absent: `destroy` takes no part in it. Only `key` is sure to be known. */
  readonly delete?: (context: Context, have: Have, want: Args<Schema>) => Promise<void>;
  /** How it carries whose it is. Absent: it can't. */
  readonly ownership?: Ownership<Have>;
  /** Where it may hold what can't be made again. */
  readonly data?: {
    /** What it holds, in words: `its files`; undefined: nothing. */
    readonly held: (have: Have) => string | undefined;
    /** Arguments with which `delete` takes that too. */
    readonly deletedWith?: Readonly<Record<string, unknown>>;
  };
  /** What refs may ask for, by the owner's own names. */
  readonly properties: { readonly [P in keyof Props]: (have: Have) => Props[P] };
  /**
   * Looks mean something only once what it depends on has settled: `make -q` after a new
   * settings.json. `after such` waits only for such resources, whose effects no plan can foresee: a
   * file that a command may rewrite.
   */
  readonly looksLast?: boolean | "after such";
  /** In place of `create` in a plan: `will be written`. */
  readonly createText?: string;
  /** What a plan says while it can't look: `may run`. */
  readonly pendingText?: string;
  /** What `destroy` leaves behind, in words: `files stay`. Said once a resource. */
  readonly leaves?: string;
}

/** Resources of one kind and place, read together. */
export interface ReadAll<Want, Have, Context> {
  /** From how many on that takes fewer calls than reading each. */
  readonly from: number;
  /** The same where what the workspace owns is listed in any case. Default: `from`. */
  readonly fromOwned?: number;
  /** What is found leaves out what was neither declared nor set: of one that differs, a plan reads also that. */
  readonly partial?: boolean;
  /**
   * @param wants  of whom only the key may be read
   * @param owned  given where this run lists in any case what the workspace owns
   * @returns      what was found of each, with all its arguments now; `undefined` of one that only `read` can tell
   */
  readonly read: (
    context: Context,
    wants: readonly Want[],
    owned?: Owned,
  ) => Promise<(want: Want) => Read<Have> | undefined | Promise<Read<Have> | undefined>>;
}

/** `have` is undefined if it is not there. */
export interface Read<Have> {
  readonly have: Have | undefined;
}

/** A definition with its types erased: the seam where core stops knowing them. */
export type ErasedDefinition = ResourceDefinition<
  z.ZodMiniObject,
  string,
  unknown,
  Record<string, unknown>,
  unknown
>;

export interface Problem {
  /** Where: `["environment", "FOO"]`. */
  readonly path: readonly PropertyKey[];
  /** One line, with the value, no full stop; reads after the resource's name and the path. */
  readonly message: string;
  readonly hint?: string;
  /** Default `ARGUMENT`. */
  readonly code?: ErrorCode;
  /** A warning is said and does not stop the run. Default `error`. */
  readonly severity?: "error" | "warning";
}

/** Type-checks a definition; does nothing else. */
export function defineResource<
  Schema extends z.ZodMiniObject,
  Key extends keyof z.input<Schema> & string,
  Have,
  Props extends object,
  Context,
>(
  definition: ResourceDefinition<Schema, Key, Have, Props, Context>,
): ResourceDefinition<Schema, Key, Have, Props, Context> {
  return definition;
}

/** The definition behind a declared resource: the engine's side of the type-erasing seam. */
export function definitionOf(resource: AnyResource): ErasedDefinition {
  return resource.definition as unknown as ErasedDefinition;
}
