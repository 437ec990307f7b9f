/** What a Touchdownfile was compiled to, kept in the user's cache beside the source it is of. */
import { readFileSync, statSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { cacheFolder, ownCachePath } from "../host/dirs.ts";
import { noteUse } from "../host/last-use.ts";
import { errorName } from "../host/system-error.ts";
import { TouchdownError } from "../errors.ts";
import type { Source } from "./compile.ts";
import { sha256Hex } from "../host/sha256.ts";

interface Compiled extends Source {
  readonly code: string;
}

/**
 * Compiled files, known by their whole source: nothing is taken that was made of another text, of
 * another version of touchdown or Node, or that was damaged since.
 */
export class CompiledFiles {
  readonly #name: string;
  readonly #version: string;
  readonly #compile: (source: Source) => string;
  readonly #kept: readonly Compiled[];
  readonly #used = new Map<string, Compiled>();
  #isStale = false;

  /**
   * @param file     the Touchdownfile, absolute: each has a record of its own
   * @param version  touchdown's
   */
  constructor(
    file: string,
    {
      version,
      compile,
    }: { readonly version: string; readonly compile: (source: Source) => string },
  ) {
    this.#name = join("touchdownfiles-v2", sha256Hex(file).slice(0, 32));
    this.#version = `${version} ${process.version}`;
    this.#compile = compile;
    this.#kept = this.#read();
  }

  /** The code of a file; compiled only where it is not kept. */
  codeOf(source: Source): string {
    const { path, text, async } = source;
    const kept = this.#kept.find(
      (each) => each.path === path && each.async === async && each.text === text,
    );
    const code = kept?.code ?? this.#compile(source);
    if (kept === undefined) this.#isStale = true;
    this.#used.set(`${async} ${path}`, { path, text, async, code });
    return code;
  }

  /** Keep what was compiled since. A cache that can't be written costs time, not the run. */
  async save(): Promise<void> {
    if (!this.#isStale) return;
    this.#isStale = false;
    const body = JSON.stringify([...this.#used.values()]);
    try {
      await write(this.#name, `${this.#seal(body)}\n${body}`);
    } catch (error) {
      if (!(error instanceof TouchdownError) && errorName(error) === undefined) throw error;
    }
  }

  #read(): readonly Compiled[] {
    const path = join(ownCachePath(), this.#name);
    try {
      const text = readFileSync(path, "utf8");
      const end = text.indexOf("\n");
      const body = text.slice(end + 1);
      if (text.slice(0, end) !== this.#seal(body)) return [];
      noteUse(path, statSync(path).mtimeMs);
      return JSON.parse(body) as Compiled[];
    } catch {
      return [];
    }
  }

  #seal(body: string): string {
    return sha256Hex(`${this.#version}\n${body}`);
  }
}

async function write(name: string, text: string): Promise<void> {
  // Only after something was compiled.
  const { writeAtomic } = await import("../host/files.ts");
  const path = join(await cacheFolder(), name);
  await mkdir(dirname(path), { recursive: true });
  await writeAtomic(path, text);
}
