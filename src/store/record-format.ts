import { createHash } from "node:crypto";

/**
 * A record's bytes: one line with a checksum, then JSON. The checksum covers the record's name too, so that one which
 * was copied to another's place is not taken for it.
 *
 * @param name  `bucket/key`
 */
export function encodeRecord(name: string, value: unknown): string {
  const json = JSON.stringify(value);
  if (json === undefined) throw new Error(`a record must be JSON: ${name}`);
  return `${magic}${checksum(name, json)}\n${json}`;
}

/** The value of a record's bytes; `undefined` where they are not whole, or another's. */
export function decodeRecord(name: string, bytes: Buffer): { readonly value: unknown } | undefined {
  if (!isRecord(bytes) || bytes.length < headerLength) return undefined;
  const said = bytes.toString("latin1", magic.length, headerLength);
  const json = bytes.subarray(headerLength);
  if (said !== `${checksum(name, json)}\n`) return undefined;
  return { value: JSON.parse(json.toString("utf8")) as unknown };
}

/** Whether bytes begin as a record's do; says nothing about the rest. */
export function isRecord(bytes: Buffer): boolean {
  return bytes.toString("latin1", 0, magic.length) === magic;
}

const magic = "touchdown record 1 ";
const headerLength = magic.length + 64 + 1;

function checksum(name: string, json: string | Uint8Array): string {
  return createHash("sha256").update(`${name}\n`).update(json).digest("hex");
}
