/** As much of S3 as Lambda's code needs: objects that are looked at, put and taken. */
import { createHash } from "node:crypto";
import type { S3 } from "@aws-sdk/client-s3";
import { Refusal } from "./fake-service.ts";
import type { FakeOf } from "./fake-service.ts";

interface PutOptions {
  /** Whether S3 was given the sha256 of the whole. */
  readonly sha256?: boolean;
  /** Milliseconds since the epoch. */
  readonly at?: number;
}

interface Kept {
  readonly bytes: Uint8Array;
  readonly options: PutOptions;
}

export interface FakeObjects {
  readonly client: FakeOf<S3>;
  /** By `bucket/key`. */
  readonly bytes: ReadonlyMap<string, Uint8Array>;
  readonly put: (path: string, bytes: Uint8Array, options?: PutOptions) => void;
}

export function fakeObjects(): FakeObjects {
  const kept = new Map<string, Kept>();
  const bytes = new Map<string, Uint8Array>();
  const put: FakeObjects["put"] = (path, given, options = {}) => {
    kept.set(path, { bytes: given, options });
    bytes.set(path, given);
  };
  const headObject: FakeOf<S3>["headObject"] = ({ Bucket, Key, ChecksumMode }) => {
    const object = kept.get(`${Bucket}/${Key}`);
    if (object === undefined) return Promise.reject(new Refusal("NotFound", "UnknownError"));
    const sha256 = object.options.sha256 === true && ChecksumMode === "ENABLED";
    return Promise.resolve({
      ContentLength: object.bytes.length,
      ETag: `"${createHash("md5").update(object.bytes).digest("hex")}"`,
      LastModified: new Date(object.options.at ?? 0),
      ...(sha256 ? { ChecksumSHA256: sha256Of(object.bytes), ChecksumType: "FULL_OBJECT" } : {}),
    });
  };
  const putObject: FakeOf<S3>["putObject"] = async ({ Bucket, Key, Body, ...given }) => {
    const pieces: Uint8Array[] = [];
    for await (const piece of Body as AsyncIterable<Uint8Array>) pieces.push(piece);
    const all = Buffer.concat(pieces);
    if (given.ChecksumSHA256 !== sha256Of(all)) throw new Refusal("BadDigest", "not that sha256");
    if (given.ContentLength !== all.length) throw new Refusal("IncompleteBody", "another length");
    put(`${Bucket}/${Key}`, all, { sha256: true });
    return {};
  };
  return { client: { headObject, putObject }, bytes, put };
}

function sha256Of(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("base64");
}
