import { TouchdownError } from "../../errors.ts";
import { parseJson } from "../projects/table.ts";
import { fileNameOf } from "./locked-file.ts";

/** A project's page in an index, as it was answered. */
export interface IndexPage {
  /** Where it came from in the end: relative addresses are relative to it. */
  readonly url: string;
  readonly contentType: string;
  readonly text: string;
}

export interface IndexFile {
  readonly name: string;
  /** Absolute. */
  readonly url: string;
  readonly sha256: string;
  /** In bytes. */
  readonly size?: number;
}

/** JSON is asked for first. @source PyPA “Simple repository API”, “Version + Format Selection” */
export const simpleApi =
  "application/vnd.pypi.simple.v1+json, application/vnd.pypi.simple.v1+html;q=0.2, text/html;q=0.1";

/**
 * The files of a project that have a sha256.
 *
 * @throws INDEX_PAGE
 * @source PEP 691 for JSON, PEP 503 for HTML
 */
export function filesOnPage(page: IndexPage): readonly IndexFile[] {
  return /[/+]json\b/.test(page.contentType) ? jsonFiles(page) : htmlFiles(page);
}

function jsonFiles({ url, text }: IndexPage): readonly IndexFile[] {
  const page = parseJson(text, { file: url, code: "INDEX_PAGE" });
  const version = page.table("meta")?.string("api-version") ?? "1.0";
  if (!version.startsWith("1.")) {
    const message = `${url} answers in version ${version} of the simple API, and touchdown knows 1`;
    throw new TouchdownError("INDEX_PAGE", message);
  }
  return page.tables("files").flatMap((file) => {
    const sha256 = file.table("hashes")?.string("sha256");
    const size = file.count("size");
    if (sha256 === undefined) return [];
    return [
      {
        name: file.requiredString("filename"),
        url: new URL(file.requiredString("url"), url).href,
        sha256,
        ...(size === undefined ? {} : { size }),
      },
    ];
  });
}

/** The hash is in the address: `…/six-1.16.0.tar.gz#sha256=…`. */
function htmlFiles({ url, text }: IndexPage): readonly IndexFile[] {
  const base = /<base\s[^>]*?href\s*=\s*(["'])(.*?)\1/is.exec(text)?.[2];
  const from = base === undefined ? url : new URL(decodeEntities(base), url).href;
  const anchors = text.matchAll(/<a\s(?:[^>]*?\s)?href\s*=\s*(["'])(.*?)\1/gis);
  return [...anchors].flatMap(([, , reference = ""]) => {
    const href = decodeEntities(reference);
    if (!URL.canParse(href, from)) return [];
    const address = new URL(href, from);
    const sha256 = /[#&]sha256=([0-9a-f]{64})/i.exec(address.hash)?.[1];
    address.hash = "";
    if (sha256 === undefined) return [];
    return [{ name: fileNameOf(address.href), url: address.href, sha256 }];
  });
}

const entities: Readonly<Record<string, string>> = {
  amp: "&",
  lt: "<",
  gt: ">",
  quot: '"',
  apos: "'",
};

function decodeEntities(text: string): string {
  return text.replaceAll(/&(?:#(\d+)|#x([0-9a-f]+)|(\w+));/gi, (whole, decimal, hex, name) => {
    if (decimal !== undefined) return String.fromCodePoint(Number(decimal));
    if (hex !== undefined) return String.fromCodePoint(Number.parseInt(hex, 16));
    return entities[name.toLowerCase()] ?? whole;
  });
}
