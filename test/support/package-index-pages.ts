import type { IncomingMessage, ServerResponse } from "node:http";
import { hexOf } from "./make-wheel.ts";
import type { IndexFile, IndexState } from "./package-index-state.ts";

const json = "application/vnd.pypi.simple.v1+json";

/** A project's page, or with the empty name the list of projects. @source PEP 503, 658, 691, 714 */
export function answerProject(
  state: IndexState,
  project: string,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  const wantsJson = (request.headers.accept ?? "").includes(json);
  const all = [...state.files.values()];
  const files = all.filter(({ name }) => projectOf(name) === project);
  if (project !== "" && files.length === 0) return void response.writeHead(404).end();
  const page = project === "" ? listPage(all, wantsJson) : projectPage(state, files, wantsJson);
  const type = wantsJson ? json : "text/html; charset=utf-8";
  response.writeHead(200, { "content-type": type }).end(page);
}

/** PEP 503: a run of `-_.` is one `-`, in lower case. */
export function normalisedName(name: string): string {
  return name.replaceAll(/[-_.]+/g, "-").toLowerCase();
}

function projectOf(fileName: string): string {
  return normalisedName(fileName.split("-")[0] ?? "");
}

function listPage(files: readonly IndexFile[], wantsJson: boolean): string {
  const names = [...new Set(files.map(({ name }) => projectOf(name)))].sort();
  const projects = names.map((name) => ({ name }));
  if (wantsJson) return JSON.stringify({ meta: { "api-version": "1.0" }, projects });
  return htmlPage(names.map((name) => `<a href="/simple/${name}/">${name}</a>`));
}

function projectPage(state: IndexState, files: readonly IndexFile[], wantsJson: boolean): string {
  const address = ({ name }: IndexFile): string =>
    `${state.origin()}/files/${encodeURIComponent(name)}`;
  if (!wantsJson) return htmlPage(files.map((file) => htmlLink(file, address(file))));
  return JSON.stringify({
    meta: { "api-version": "1.0" },
    name: projectOf(files[0]?.name ?? ""),
    files: files.map((file) => ({
      filename: file.name,
      url: address(file),
      hashes: { sha256: file.sha256 },
      size: file.bytes.length,
      ...(file.requiresPython === undefined ? {} : { "requires-python": file.requiresPython }),
      ...(file.yanked === undefined ? {} : { yanked: file.yanked }),
      ...(file.metadata === undefined
        ? {}
        : { "core-metadata": { sha256: hexOf(Buffer.from(file.metadata)) } }),
    })),
  });
}

function htmlLink(file: IndexFile, address: string): string {
  const metadata =
    file.metadata === undefined ? undefined : `sha256=${hexOf(Buffer.from(file.metadata))}`;
  const attributes = Object.entries({
    href: `${address}#sha256=${file.sha256}`,
    "data-requires-python": file.requiresPython,
    "data-yanked": file.yanked,
    "data-core-metadata": metadata,
  }).flatMap(([key, value]) => (value === undefined ? [] : [` ${key}="${escapeHtml(value)}"`]));
  return `<a${attributes.join("")}>${escapeHtml(file.name)}</a>`;
}

function htmlPage(links: readonly string[]): string {
  return `<!DOCTYPE html>\n<html><body>\n${links.map((link) => `${link}<br/>\n`).join("")}</body></html>\n`;
}

function escapeHtml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");
}
