/** What a run says while it works. Core emits; renderers turn it into text. */

/** What a plan promises, or what was done. */
export type Verdict = "unchanged" | "create" | "update" | "delete" | "pending";

/** One line under a resource. Values of secrets are never in it unless the run shows values. */
export interface Change {
  /** `timeout`, `environment.FOO`. */
  readonly field: string;
  readonly kind: "added" | "changed" | "removed" | "pending" | "action";
  /** As a person reads them; absent for secrets, actions and pending values. */
  readonly old?: string;
  readonly new?: string;
  /** In place of the field's name: `upload code`; the whole text of an `action`. */
  readonly action?: string;
  /** For `pending`: the names of what it waits for. */
  readonly needs?: readonly string[];
  readonly secret?: true;
}

export interface Failure {
  readonly code: string;
  readonly message: string;
  readonly hint?: string;
}

interface OfResource {
  /** Machine-readable: `aws.sqs.queue jobs`. */
  readonly id: string;
  /** For people: `queue jobs`. */
  readonly name: string;
}

/** Of a resource, where it is known of which: a call that reads many at once is nobody's. */
type MayBeOfResource = OfResource | { readonly id?: never; readonly name?: never };

/** What a run does with its resources, one stage after the other. */
export type Stage = "reading" | "changing" | "deleting";

export interface Summary {
  readonly type: "summary";
  readonly created: number;
  readonly updated: number;
  readonly deleted: number;
  readonly unchanged: number;
  readonly failed: number;
  readonly apiCalls: number;
  /** How often a service found that it was called too fast; it is one call however often it is made again. */
  readonly throttled: number;
  readonly elapsedMs: number;
}

export type Event =
  /** What follows is of that stage; `total` resources take part in it. */
  | { type: "stage"; stage: Stage; total: number }
  | (OfResource & { type: "reading" })
  /** `destroy` has looked at it; it plans when it has looked at all. Otherwise `planned` says so. */
  | (OfResource & { type: "read" })
  | (OfResource & { type: "planned"; verdict: Verdict; changes: readonly Change[] })
  | (OfResource & { type: "started"; verdict: Verdict })
  | (OfResource & {
      type: "finished";
      verdict: Verdict;
      changes: readonly Change[];
      elapsedMs: number;
    })
  | (OfResource & { type: "failed"; error: Failure })
  /** Not tried: something it depends on failed, or the run was interrupted. */
  | (OfResource & { type: "skipped"; because: string })
  /** Owned and no longer declared; `kept`: why it stays even with `--prune`, and what it `holds` if that is why. */
  | (OfResource & { type: "undeclared"; kept?: string; holds?: string })
  /** Left alone by `destroy`, or though it is no longer declared. */
  | (OfResource & { type: "left"; because: string })
  | { type: "warning"; message: string; id?: string; name?: string }
  | { type: "output"; id: string; name: string; stream: "stdout" | "stderr"; text: string }
  | (MayBeOfResource & { type: "waiting"; what: string; atMostMs: number })
  /** A wait that was said is over, whether it came true or not. */
  | (MayBeOfResource & { type: "waited"; what: string; elapsedMs: number })
  /** After `afterMs` it is tried again. */
  | (MayBeOfResource & { type: "retrying"; what: string; because: string; afterMs: number })
  | (MayBeOfResource & {
      type: "call";
      service: string;
      operation: string;
      elapsedMs: number;
      error?: string;
    })
  /** A service found that it was called too fast: it is called more slowly, this call again. */
  | { type: "throttled"; service: string; operation: string }
  | { type: "progress"; message: string }
  | Summary;

export type Emit = (event: Event) => void;
