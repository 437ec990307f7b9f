/** What the package index on loopback serves, and what is to go wrong with it. */

/** A file to serve: what `makeWheel` and `makeSdist` give. */
export interface IndexFile {
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly sha256: string;
  /** Of a wheel; served beside it. */
  readonly metadata?: string;
  readonly requiresPython?: string;
  /** The reason. */
  readonly yanked?: string;
}

/** What goes wrong with a file, each time or the first `times` times it is asked for. */
export type Trouble = {
  readonly times?: number;
} & (
  | { readonly kind: "slow"; readonly bytesPerSecond: number }
  /** No answer for this long, or for ever. */
  | { readonly kind: "silent"; readonly forMs?: number }
  /** So many bytes of the body, then nothing more, the connection open. */
  | { readonly kind: "stalls"; readonly afterBytes: number }
  /** So many bytes of the body, then the connection is cut. */
  | { readonly kind: "dies"; readonly afterBytes: number }
  /** The connection is cut before any answer. */
  | { readonly kind: "hangs-up" }
  /** One bit of the middle byte is wrong. */
  | { readonly kind: "wrong-bytes" }
  /** The file so much longer or (negative) shorter than it should be; `Content-Length` agrees. */
  | { readonly kind: "wrong-length"; readonly by: number }
  | { readonly kind: "status"; readonly status: number; readonly retryAfter?: string }
  /** `to` is put before the path: the origin of another index, for example. */
  | { readonly kind: "redirect"; readonly to: string; readonly status?: number }
  /** Ranges are not understood: always the whole file. */
  | { readonly kind: "no-ranges" }
  /** Each answer has another validator, as if the file had just been replaced. */
  | { readonly kind: "new-validators" }
  | { readonly kind: "no-validators" }
);

export interface IndexRequest {
  readonly method: string;
  readonly path: string;
  readonly range?: string;
  readonly ifRange?: string;
  readonly authorization?: string;
  readonly accept?: string;
  readonly host?: string;
  readonly status: number;
  /** The connection it came over, counted from 0. */
  readonly connection: number;
}

export interface IndexState {
  readonly files: Map<string, IndexFile>;
  readonly troubles: Map<string, { trouble: Trouble; left: number }>;
  readonly origin: () => string;
  answers: number;
}
