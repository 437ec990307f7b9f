/** Bytes that one room makes and another ships: how bundles and packages meet AWS. */
export interface Artifact {
  /** For messages: `lambda.zip`. */
  readonly name: string;
  /** 64 hex digits. */
  readonly sha256: string;
  /** Bytes. */
  readonly size: number;
  /** Bytes of what is in it, where its maker knows; else it is looked up in the zip. */
  readonly unzippedSize?: number;
  /** `length` bytes from `offset`; fewer at the end. @throws ARTIFACT_CHANGED if the file no longer has `size` bytes */
  readonly read: (offset: number, length: number) => Promise<Uint8Array>;
  /** All bytes, in order, never whole in memory. */
  readonly open: () => AsyncIterable<Uint8Array>;
  /** Of all that it was made from, where its maker knows: 64 hex digits. To be noted beside what is deployed. */
  readonly key?: string;
  /** Where it was recognised as what is deployed already, and never seen here: its bytes are made when they are asked for. */
  readonly deployed?: Deployed;
  /** What was found of its bytes before, where its maker keeps that: a look into a big zip is made once. */
  readonly notes?: Notes;
  /** What it was built for, where it was built for something: checked against the function that uses it. */
  readonly builtFor?: { readonly runtime?: string; readonly architecture?: string };
}

/** Facts about bytes, in the words of whoever found them; a look that would find other ones says other words. */
export interface Notes {
  readonly has: (fact: string) => boolean;
  readonly add: (fact: string) => void;
}

/** What is known of something that is deployed, as its maker finds it again by the artifact's key. */
export interface Deployed {
  /** 64 hex digits. */
  readonly sha256: string;
  /** Bytes. */
  readonly size: number;
  /** Bytes. */
  readonly unzippedSize: number;
  /** The handler that was looked for in it when it was deployed. */
  readonly handler: string;
}

/** What can stand where an artifact is expected: a bundle's output, a package. */
export const asArtifact = Symbol.for("touchdown.asArtifact");

/** Who ships an artifact, known where it is declared: a package is built for it and named after it. */
export interface ArtifactUse {
  readonly name?: string;
  readonly runtime?: string;
  readonly architecture?: string;
}
