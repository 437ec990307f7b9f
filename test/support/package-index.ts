/**
 * A package index on loopback, for tests: projects as HTML (PEP 503) and JSON (PEP 691), metadata beside wheels
 * (PEP 658), files with ranges and validators; and every way a real one misbehaves, on request.
 */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo } from "node:net";
import { answerFile } from "./package-index-files.ts";
import { answerProject, normalisedName } from "./package-index-pages.ts";
import type { IndexFile, IndexRequest, IndexState, Trouble } from "./package-index-state.ts";

export interface PackageIndex {
  /** `http://127.0.0.1:PORT`. */
  readonly origin: string;
  /** What pip and uv call the index url: `…/simple/`. */
  readonly url: string;
  readonly add: (...files: readonly IndexFile[]) => void;
  /** The address of a file, whether it is there or not. */
  readonly fileUrl: (name: string) => string;
  /** From now on, this happens to files of this name; the last word counts. */
  readonly trouble: (fileName: string, trouble: Trouble) => void;
  /** From now on, every request needs these. */
  readonly wantPassword: (username: string, password: string) => void;
  /** Everything answered, in the order of the answers. */
  readonly requests: () => readonly IndexRequest[];
  /** How often a file was asked for. */
  readonly downloads: (fileName: string) => number;
  /** Cut every connection that is open, as a server does that is tired of waiting. */
  readonly dropConnections: () => void;
  readonly stop: () => Promise<void>;
}

interface TlsOptions {
  readonly key: string;
  readonly cert: string;
  /** Whom a client's certificate must be signed by; without, none is asked for. */
  readonly clientCa?: string;
}

/** Start one; `tls` makes it HTTPS. The caller stops it. */
export async function startPackageIndex(
  files: readonly IndexFile[] = [],
  options: { readonly tls?: TlsOptions } = {},
): Promise<PackageIndex> {
  const requests: IndexRequest[] = [];
  const connections = new Map<unknown, number>();
  let wanted: string | undefined;
  const state: IndexState = {
    files: new Map(files.map((file) => [file.name, file])),
    troubles: new Map(),
    origin: () => origin,
    answers: 0,
  };
  const handle = (request: IncomingMessage, response: ServerResponse): void => {
    request.resume();
    const connection = connections.get(request.socket) ?? connections.size;
    connections.set(request.socket, connection);
    let noted = false;
    const note = (): void => {
      if (!noted) requests.push(requestOf(request, response.statusCode, connection));
      noted = true;
    };
    response.on("finish", note);
    response.on("close", note);
    if (wanted !== undefined && request.headers.authorization !== wanted) {
      response.writeHead(401, { "www-authenticate": 'Basic realm="index"' }).end();
    } else answer(state, request, response);
  };
  const { tls } = options;
  const server = tls === undefined ? createServer(handle) : createTlsServer(serverTls(tls), handle);
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const origin = `${tls === undefined ? "http" : "https"}://127.0.0.1:${port}`;
  return {
    origin,
    url: `${origin}/simple/`,
    add: (...more) => more.forEach((file) => state.files.set(file.name, file)),
    fileUrl: (name) => `${origin}/files/${name}`,
    trouble: (name, trouble) =>
      void state.troubles.set(name, { trouble, left: trouble.times ?? Infinity }),
    wantPassword: (username, password) => {
      wanted = `Basic ${Buffer.from(`${username}:${password}`).toString("base64")}`;
    },
    requests: () => requests,
    downloads: (name) => requests.filter(({ path }) => path === `/files/${name}`).length,
    dropConnections: () => server.closeAllConnections(),
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function answer(state: IndexState, request: IncomingMessage, response: ServerResponse): void {
  const path = decodeURIComponent(new URL(request.url ?? "/", state.origin()).pathname);
  const [, place, name = "", rest] = path.split("/");
  if (place === "files" && rest === undefined) return answerFile(state, name, request, response);
  if (place !== "simple") return void response.writeHead(404).end();
  const canonical = normalisedName(name);
  if (name === "" || (rest === "" && canonical === name)) {
    return answerProject(state, canonical, request, response);
  }
  // PEP 503: the address ends with a slash and has the normalised name
  response.writeHead(301, { location: `/simple/${canonical}/` }).end();
}

function requestOf(request: IncomingMessage, status: number, connection: number): IndexRequest {
  const { range, authorization, accept, host } = request.headers;
  const ifRange = request.headers["if-range"];
  return {
    method: request.method ?? "",
    path: decodeURIComponent(request.url ?? ""),
    status,
    connection,
    ...(range === undefined ? {} : { range }),
    ...(typeof ifRange === "string" ? { ifRange } : {}),
    ...(authorization === undefined ? {} : { authorization }),
    ...(accept === undefined ? {} : { accept }),
    ...(host === undefined ? {} : { host }),
  };
}

function serverTls({ clientCa, ...tls }: TlsOptions) {
  if (clientCa === undefined) return tls;
  return { ...tls, ca: clientCa, requestCert: true, rejectUnauthorized: true };
}
