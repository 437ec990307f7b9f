/** @source IANA media types; the ones that files of deployments have */
const types: Readonly<Record<string, string>> = {
  css: "text/css",
  csv: "text/csv",
  gif: "image/gif",
  gz: "application/gzip",
  html: "text/html",
  ico: "image/vnd.microsoft.icon",
  jpg: "image/jpeg",
  js: "text/javascript",
  json: "application/json",
  md: "text/markdown",
  mjs: "text/javascript",
  pdf: "application/pdf",
  png: "image/png",
  svg: "image/svg+xml",
  txt: "text/plain",
  wasm: "application/wasm",
  webp: "image/webp",
  woff2: "font/woff2",
  xml: "application/xml",
  yaml: "application/yaml",
  zip: "application/zip",
};

/** By the name's ending; S3's own default, `binary/octet-stream`, where that says nothing. */
export function contentTypeOf(name: string): string {
  const ending = /\.([^./]+)$/u.exec(name)?.[1]?.toLowerCase();
  return types[ending ?? ""] ?? "binary/octet-stream";
}
