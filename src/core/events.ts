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

export interface Summary {
  readonly type: "summary";
  readonly created: number;
  readonly updated: number;
  readonly deleted: number;
  readonly unchanged: number;
  readonly failed: number;
  readonly apiCalls: number;
  readonly elapsedMs: number;
}

export type Event =
  | (OfResource & { type: "reading" })
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
  /** Left alone by `destroy`. */
  | (OfResource & { type: "left"; because: string })
  | { type: "warning"; message: string; id?: string; name?: string }
  | { type: "output"; id: string; name: string; stream: "stdout" | "stderr"; text: string }
  | { type: "waiting"; what: string; atMostMs: number }
  | { type: "retrying"; what: string; because: string }
  | { type: "call"; service: string; operation: string; elapsedMs: number; error?: string }
  | { type: "progress"; message: string }
  | Summary;

export type Emit = (event: Event) => void;
