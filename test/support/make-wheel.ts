/** Wheels for tests: correct ones, the same bytes each time, and ones broken in a way that is asked for. */
import { createHash } from "node:crypto";
import { rawZip, type RawEntry } from "./raw-zip.ts";

type Contents = string | Uint8Array;

export interface WheelOptions {
  /** As written in METADATA; the file's name has it escaped. */
  readonly name: string;
  /** Default 1.0. */
  readonly version?: string;
  /** Default `py3-none-any`; compressed sets (`py2.py3-none-any`) are spelt out in WHEEL. */
  readonly tag?: string;
  /** Default true, and false where the tag names a platform. */
  readonly purelib?: boolean;
  /** `Requires-Dist` lines. */
  readonly requires?: readonly string[];
  readonly requiresPython?: string;
  readonly extras?: readonly string[];
  /** The text of entry_points.txt. */
  readonly entryPoints?: string;
  /** More files of the dist-info folder, by their name in it; those named METADATA, WHEEL and RECORD replace ours. */
  readonly distInfo?: Readonly<Record<string, Contents>>;
  /** Default 0o644, by path. */
  readonly modes?: Readonly<Record<string, number>>;
  /** Where all is stored, nothing is compressed. */
  readonly stored?: boolean;
  /** Break the RECORD, which is otherwise right; `undefined` leaves it out. */
  readonly editRecord?: (record: string) => string | undefined;
  /** Break the entries, RECORD among them, before they are written: see `RawEntry`. */
  readonly editEntries?: (entries: RawEntry[]) => RawEntry[];
  /** Break the finished file. */
  readonly editBytes?: (bytes: Buffer) => Uint8Array;
  /** With the zip64 end record, as an honest wheel may have it. */
  readonly zip64?: boolean;
}

export interface MadeFile {
  /** Of the file: `six-1.16.0-py2.py3-none-any.whl`. */
  readonly name: string;
  readonly bytes: Uint8Array;
  /** 64 hex digits. */
  readonly sha256: string;
}

export interface MadeWheel extends MadeFile {
  /** The METADATA in it, as an index serves it beside the wheel. */
  readonly metadata: string;
}

/**
 * Make a wheel of files by their path in it. `{name}-{version}.data/scripts/run` and the like are just such paths.
 *
 * @source the wheel specification (binary distribution format), RECORD included
 */
export function makeWheel(
  files: Readonly<Record<string, Contents>>,
  options: WheelOptions,
): MadeWheel {
  const { version = "1.0", tag = "py3-none-any" } = options;
  const stem = `${escapeName(options.name)}-${version.replaceAll("-", "_")}`;
  const distInfo = `${stem}.dist-info`;
  const own = Object.entries(options.distInfo ?? {});
  const metadata = own.find(([name]) => name === "METADATA")?.[1] ?? metadataOf(options);
  const all = new Map<string, Contents>(Object.entries(files));
  all.set(`${distInfo}/METADATA`, metadata);
  all.set(`${distInfo}/WHEEL`, wheelFileOf(tag, options.purelib ?? tag.endsWith("-any")));
  if (options.entryPoints !== undefined) {
    all.set(`${distInfo}/entry_points.txt`, options.entryPoints);
  }
  for (const [name, contents] of own) all.set(`${distInfo}/${name}`, contents);
  const recordPath = `${distInfo}/RECORD`;
  const right = all.get(recordPath) ?? recordOf(all, recordPath);
  all.delete(recordPath);
  const record = options.editRecord === undefined ? right : options.editRecord(asText(right));
  if (record !== undefined) all.set(recordPath, record);
  const entries = [...all].map(([path, contents]) => entryOf(path, contents, options));
  const zip64 = options.zip64 ?? false;
  const zip = rawZip(options.editEntries?.(entries) ?? entries, { zip64 });
  const bytes = options.editBytes?.(Buffer.from(zip)) ?? zip;
  return { name: `${stem}-${tag}.whl`, bytes, sha256: hexOf(bytes), metadata: asText(metadata) };
}

function entryOf(path: string, contents: Contents, options: WheelOptions): RawEntry {
  const mode = 0o100000 | (options.modes?.[path] ?? 0o644);
  const bytes = Buffer.from(contents);
  return options.stored ? { path, bytes, mode, method: 0 } : { path, bytes, mode };
}

function metadataOf(options: WheelOptions): string {
  const lines = [
    "Metadata-Version: 2.1",
    `Name: ${options.name}`,
    `Version: ${options.version ?? "1.0"}`,
    ...(options.requiresPython === undefined ? [] : [`Requires-Python: ${options.requiresPython}`]),
    ...(options.extras ?? []).map((extra) => `Provides-Extra: ${extra}`),
    ...(options.requires ?? []).map((line) => `Requires-Dist: ${line}`),
  ];
  return `${lines.join("\n")}\n`;
}

function wheelFileOf(tag: string, purelib: boolean): string {
  const [pythons = "", abis = "", platforms = ""] = tag.split("-").slice(-3);
  const tags = pythons
    .split(".")
    .flatMap((python) =>
      abis
        .split(".")
        .flatMap((abi) => platforms.split(".").map((one) => `Tag: ${python}-${abi}-${one}`)),
    );
  const head = ["Wheel-Version: 1.0", "Generator: touchdown-test (1.0)"];
  return `${[...head, `Root-Is-Purelib: ${purelib}`, ...tags].join("\n")}\n`;
}

/** RECORD names itself, without a hash. */
function recordOf(files: ReadonlyMap<string, Contents>, recordPath: string): string {
  const lines = [...files].map(([path, contents]) => {
    const bytes = Buffer.from(contents);
    const digest = createHash("sha256").update(bytes).digest("base64url");
    return `${csvField(path)},sha256=${digest},${bytes.length}\n`;
  });
  return `${lines.join("")}${csvField(recordPath)},,\n`;
}

function csvField(field: string): string {
  return /[",\n]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field;
}

/** The wheel specification's “escaping and Unicode”: a run of `-_.` is one `_`, in lower case. */
function escapeName(name: string): string {
  return name.replaceAll(/[-_.]+/g, "_").toLowerCase();
}

function asText(contents: Contents): string {
  return typeof contents === "string" ? contents : Buffer.from(contents).toString("utf8");
}

export function hexOf(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}
