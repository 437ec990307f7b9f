/** What a function is invoked with: `--event`, or what is piped in. */
import { fstatSync } from "node:fs";
import { readIfExists } from "../host/files.ts";
import { UsageError } from "./exit.ts";

/**
 * @param event  JSON, a file's path, or `-` for stdin; undefined: stdin where it is piped, else `{}`
 * @throws USAGE if it is not JSON
 */
export async function eventPayload(event: string | undefined): Promise<string> {
  if (event === "-" || (event === undefined && isPiped())) {
    const text = await readAll(process.stdin);
    return checked(text.trim() === "" && event === undefined ? "{}" : text, "stdin");
  }
  if (event === undefined) return "{}";
  const bytes = looksLikeJson(event) ? undefined : await readIfExists(event);
  if (bytes !== undefined) return checked(new TextDecoder().decode(bytes), event);
  return checked(
    event,
    looksLikeJson(event) ? "--event" : `--event ${event} is no file there is, and`,
  );
}

/** A pipe or a file; not a terminal, and not the /dev/null of a scheduler. */
function isPiped(): boolean {
  const stdin = fstatSync(process.stdin.fd);
  return stdin.isFIFO() || stdin.isFile() || stdin.isSocket();
}

function looksLikeJson(text: string): boolean {
  return /^\s*[[{"]/u.test(text);
}

function checked(text: string, from: string): string {
  try {
    JSON.parse(text);
    return text;
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new UsageError(`${from} is not JSON: ${why}`, "--event takes JSON, a file's path, or -");
  }
}

async function readAll(stream: NodeJS.ReadStream): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of stream) chunks.push(Buffer.from(chunk as Uint8Array));
  return Buffer.concat(chunks).toString("utf8");
}
