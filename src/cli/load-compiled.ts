/**
 * Loads a bundled file from the code that V8 made of it in an earlier run of the same verb, which
 * saves half of the time it takes to be ready.
 */
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { setFlagsFromString } from "node:v8";
import { Script } from "node:vm";
import { ownCachePath } from "../host/dirs.ts";
import { noteUse } from "../host/last-use.ts";

/** Put in by the bundler: the sha256 of all that can be loaded. */
declare const TOUCHDOWN_CODE: string;

type Body = (...values: unknown[]) => void;

/** What core.cjs and clients.cjs export, as far as it matters here. */
interface Loaded {
  /** How many modules have run. */
  readonly used?: () => number;
}

/** For runs that take their time. */
const longRun = [
  /** V8 would drop the code of functions that ran once, and then it could not be kept. */
  "--no-flush-bytecode",
  /**
   * V8 would let garbage grow to a multiple of what lives before it collects: 356 MB for the first deploy of 3,000
   * functions, of which 80 MB live. So bounded it is 212 MB, for 3 % more time.
   */
  "--heap-growing-percent=60",
];
const usual = ["--flush-bytecode", "--heap-growing-percent=0"];

let flags = usual;

function set(chosen: readonly string[]): void {
  for (const flag of chosen) setFlagsFromString(flag);
}

/** V8 takes kept code only under the flags it was kept under, so that is done under the usual ones. */
function underUsualFlags<T>(make: () => T): T {
  if (flags === usual) return make();
  set(usual);
  try {
    return make();
  } finally {
    set(flags);
  }
}

/** What is done sooner has collected hardly any garbage, and does without node:v8. */
const longRunMs = 200;

setTimeout(() => {
  flags = longRun;
  set(flags);
}, longRunMs).unref();

const folder = join(ownCachePath(), "code-v1");

/** As `require` would, for a file beside this one. */
export function loadCompiled(name: string): unknown {
  const file = join(import.meta.dirname, name);
  const source = readFileSync(file, "latin1");
  const place = join(folder, `${name}-${verb()}`);
  const kept = read(place);
  const cached = kept === undefined ? {} : { cachedData: kept.code };
  const script = underUsualFlags(() => new Script(source, { filename: file, ...cached }));
  const module: { exports: Loaded } = { exports: {} };
  // Only what this run has used is in it, so a run that failed early is no good, and one that used
  // more than the run before, as the first that had something to do, is better.
  process.once("exit", (exitCode) => {
    const used = module.exports.used?.() ?? 0;
    const known = kept !== undefined && script.cachedDataRejected !== true && used <= kept.used;
    if (exitCode !== 0 || known) return;
    write(place, { used, code: underUsualFlags(() => script.createCachedData()) });
  });
  const own = (specifier: string): unknown =>
    specifier.startsWith("./") ? loadCompiled(specifier.slice(2)) : require(specifier);
  // Only a file that Node itself has loaded can import.
  const importing = (url: string): Promise<unknown> => import(url);
  (script.runInThisContext() as Body)(module.exports, own, module, file, importing);
  return module.exports;
}

/** Each verb uses another part of the code. */
function verb(): string {
  return process.argv.slice(2).find((word) => /^[a-z]+$/u.test(word)) ?? "help";
}

/** V8 looks at no more than the source's length, and crashes or hangs on code that is damaged. */
function sealOf(code: Uint8Array): Buffer {
  const { version, arch, platform } = process;
  const maker = `${TOUCHDOWN_CODE} ${version} ${arch} ${platform}\n`;
  return createHash("sha256").update(maker).update(code).digest();
}

/** Code, and how many modules had run when it was kept. */
interface Kept {
  readonly used: number;
  readonly code: Buffer;
}

const sealBytes = 32;
const countBytes = 4;

/** A file is the seal of what follows, the count, and the code. */
function read(place: string): Kept | undefined {
  try {
    const bytes = readFileSync(place);
    const sealed = bytes.subarray(sealBytes);
    if (!sealOf(sealed).equals(bytes.subarray(0, sealBytes))) return undefined;
    noteUse(place, statSync(place).mtimeMs);
    return { used: sealed.readUInt32LE(0), code: sealed.subarray(countBytes) };
  } catch {
    return undefined;
  }
}

/** Whole or absent. A cache that can't be written costs time, not the run. */
function write(place: string, { used, code }: Kept): void {
  const temporary = `${place}.${process.pid}.tmp`;
  try {
    mkdirSync(dirname(dirname(place)), { recursive: true, mode: 0o700 });
    mkdirSync(dirname(place), { recursive: true });
    const count = Buffer.alloc(countBytes);
    count.writeUInt32LE(used);
    const sealed = Buffer.concat([count, code]);
    writeFileSync(temporary, Buffer.concat([sealOf(sealed), sealed]));
    renameSync(temporary, place);
  } catch {
    // Tried again at the next run.
  }
}
