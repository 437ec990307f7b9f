import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from "node:http";
import type { IndexState, Trouble } from "./package-index-state.ts";

/** A file, or its metadata, or the trouble that was asked for. */
export function answerFile(
  state: IndexState,
  name: string,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  const bytes = bytesOf(state, name);
  if (bytes === undefined) return void response.writeHead(404).end();
  const trouble = takeTrouble(state, name);
  const served = damaged(bytes, trouble);
  const tag = trouble?.kind === "new-validators" ? `"${state.answers++}"` : `"${served.length}"`;
  const send = (): void => sendFile(served, { tag, trouble, request, response });
  switch (trouble?.kind) {
    case "hangs-up":
      return void request.socket.destroy();
    case "silent":
      return trouble.forMs === undefined ? undefined : void setTimeout(send, trouble.forMs);
    case "status": {
      const { status, retryAfter } = trouble;
      const headers = retryAfter === undefined ? {} : { "retry-after": retryAfter };
      return void response.writeHead(status, headers).end("not now");
    }
    case "redirect": {
      const location = `${trouble.to}/files/${encodeURIComponent(name)}`;
      return void response.writeHead(trouble.status ?? 302, { location }).end();
    }
    default:
      return send();
  }
}

function bytesOf(state: IndexState, name: string): Uint8Array | undefined {
  const metadata = state.files.get(name.replace(/\.metadata$/, ""))?.metadata;
  if (name.endsWith(".metadata") && metadata !== undefined) return Buffer.from(metadata);
  return state.files.get(name)?.bytes;
}

function takeTrouble(state: IndexState, name: string): Trouble | undefined {
  const found = state.troubles.get(name);
  if (found === undefined || found.left === 0) return undefined;
  found.left -= 1;
  return found.trouble;
}

function damaged(bytes: Uint8Array, trouble: Trouble | undefined): Uint8Array {
  if (trouble?.kind === "wrong-bytes") {
    const copy = Buffer.from(bytes);
    const middle = copy.length >> 1;
    copy[middle] = (copy[middle] ?? 0) ^ 1;
    return copy;
  }
  if (trouble?.kind !== "wrong-length") return bytes;
  const { by } = trouble;
  return by < 0 ? bytes.subarray(0, by) : Buffer.concat([bytes, Buffer.alloc(by)]);
}

interface Sending {
  readonly tag: string;
  readonly trouble: Trouble | undefined;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

/** RFC 9110 §14: one range, and only while the validator still holds (§13.1.5). */
function sendFile(bytes: Uint8Array, { tag, trouble, request, response }: Sending): void {
  const headers: OutgoingHttpHeaders = { "content-type": "application/octet-stream" };
  if (trouble?.kind !== "no-validators") headers["etag"] = tag;
  const ifRange = request.headers["if-range"];
  const range = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? "");
  const ranged =
    range !== null && trouble?.kind !== "no-ranges" && (ifRange === undefined || ifRange === tag);
  const start = ranged ? Number(range[1]) : 0;
  const end = ranged && range[2] ? Math.min(Number(range[2]) + 1, bytes.length) : bytes.length;
  if (ranged && start >= bytes.length) {
    response.writeHead(416, { "content-range": `bytes */${bytes.length}` }).end();
    return;
  }
  const body = bytes.subarray(start, end);
  headers["content-length"] = body.length;
  if (ranged) headers["content-range"] = `bytes ${start}-${end - 1}/${bytes.length}`;
  response.writeHead(ranged ? 206 : 200, headers);
  if (request.method === "HEAD") response.end();
  else sendBody(body, trouble, response);
}

function sendBody(body: Uint8Array, trouble: Trouble | undefined, response: ServerResponse): void {
  if (trouble?.kind === "dies") {
    response.write(body.subarray(0, trouble.afterBytes), () => response.destroy());
  } else if (trouble?.kind === "stalls") {
    response.write(body.subarray(0, trouble.afterBytes));
  } else if (trouble?.kind === "slow") {
    trickle(body, trouble.bytesPerSecond, response);
  } else response.end(body);
}

/** Twenty pieces a second. */
function trickle(body: Uint8Array, bytesPerSecond: number, response: ServerResponse): void {
  const piece = Math.max(1, Math.round(bytesPerSecond / 20));
  let sent = 0;
  const timer = setInterval(() => {
    response.write(body.subarray(sent, sent + piece));
    sent += piece;
    if (sent < body.length) return;
    clearInterval(timer);
    response.end();
  }, 50);
  response.on("close", () => clearInterval(timer));
}
