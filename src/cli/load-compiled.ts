/**
 * Loads a bundled file from the code that V8 made of it in an earlier run of the same verb, which
 * saves half of the time it takes to be ready.
 */
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { Script } from "node:vm";
import { cachePath } from "../host/dirs.ts";

/** Put in by the bundler: the sha256 of all that can be loaded. */
declare const TOUCHDOWN_CODE: string;

type Body = (...values: unknown[]) => void;

const folder = join(
  cachePath({ environment: process.env, platform: process.platform, home: homedir() }),
  "code-v1",
);

/** As `require` would, for a file beside this one. */
export function loadCompiled(name: string): unknown {
  const file = join(import.meta.dirname, name);
  const source = readFileSync(file, "latin1");
  const place = join(folder, `${name}-${verb()}`);
  const cachedData = read(place);
  const script = new Script(source, {
    filename: file,
    ...(cachedData === undefined ? {} : { cachedData }),
  });
  // Only what this run has used is in it, so a run that failed early is no good.
  if (cachedData === undefined || script.cachedDataRejected === true) {
    process.once("exit", (exitCode) => {
      if (exitCode === 0) write(place, script.createCachedData());
    });
  }
  const module = { exports: {} };
  const require = createRequire(file);
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

const sealBytes = 32;

function read(place: string): Buffer | undefined {
  try {
    const bytes = readFileSync(place);
    const code = bytes.subarray(sealBytes);
    return sealOf(code).equals(bytes.subarray(0, sealBytes)) ? code : undefined;
  } catch {
    return undefined;
  }
}

/** Whole or absent. A cache that can't be written costs time, not the run. */
function write(place: string, code: Buffer): void {
  const temporary = `${place}.${process.pid}.tmp`;
  try {
    mkdirSync(dirname(dirname(place)), { recursive: true, mode: 0o700 });
    mkdirSync(dirname(place), { recursive: true });
    writeFileSync(temporary, Buffer.concat([sealOf(code), code]));
    renameSync(temporary, place);
  } catch {
    // Tried again at the next run.
  }
}
