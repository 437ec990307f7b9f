/** Where the steps of a bundle are carried out: this machine now, others over ssh later. */
import type { Scope } from "../core/declared.ts";
import type { Runtime } from "../core/runtime.ts";

/** What a Touchdownfile holds of a target; opened once a run. */
export interface TargetHandle extends Scope {
  readonly open: (runtime: Runtime) => Promise<Target>;
}

/** What steps call. Paths are absolute there: `resolve` makes them so. Errors name the path. */
export interface Target {
  /** Tells targets apart in names and keys; empty for this machine. */
  readonly label: string;
  /** A declared path, relative ones to the Touchdownfile's folder. */
  readonly resolve: (name: string) => string;
  /** Run a program to its end; a failing exit code is a result. Ctrl-C does not end it. */
  readonly run: (command: readonly string[], options: CommandOptions) => Promise<CommandResult>;
  /** Whether the recorded command was started and its end never seen: touchdown was killed. */
  readonly wasCutShort: (record: string) => Promise<boolean>;
  /** What is at a path, links followed; `undefined` if nothing is. */
  readonly stat: (path: string) => Promise<FileStat | undefined>;
  /** Where the link at a path leads, as written in it; `undefined` if it is no link or nothing. */
  readonly readLink: (path: string) => Promise<string | undefined>;
  /** All bytes; `undefined` if nothing is there. */
  readonly read: (path: string) => Promise<Uint8Array | undefined>;
  /** At most `length` bytes from `offset`, and what the file was while they were read. */
  readonly readRange: (path: string, range: Range) => Promise<RangeRead | undefined>;
  /** 64 hex digits; `undefined` if nothing is there. */
  readonly sha256: (path: string) => Promise<string | undefined>;
  /** The names in a folder, sorted. */
  readonly list: (path: string) => Promise<readonly string[]>;
  /** Whole or not at all. Without `mode` an existing file keeps its own. */
  readonly write: (
    path: string,
    contents: Uint8Array,
    options: { readonly mode: number | undefined },
  ) => Promise<void>;
  /** With the folders above it; the mode is that of the last one, exactly. */
  readonly makeFolder: (path: string, options: { readonly mode: number }) => Promise<void>;
  readonly setMode: (path: string, mode: number) => Promise<void>;
  /** Put a link at a path, in place of one that is there. */
  readonly makeLink: (path: string, to: string) => Promise<void>;
}

export interface FileStat {
  readonly kind: "file" | "folder" | "other";
  /** Bytes. */
  readonly size: number;
  /** The twelve permission bits. */
  readonly mode: number;
  /** Differs once the file was written again; means nothing else. */
  readonly version: string;
}

export interface Range {
  readonly offset: number;
  readonly length: number;
}

export interface RangeRead {
  readonly bytes: Uint8Array;
  readonly stat: FileStat;
}

export interface CommandOptions {
  readonly cwd: string;
  /** Added to the caller's variables, or with `cleanEnv` all there are. */
  readonly env: Readonly<Record<string, string>>;
  readonly cleanEnv: boolean;
  readonly user: string | undefined;
  readonly timeoutMs: number | undefined;
  readonly onOutput?: (chunk: { stream: "stdout" | "stderr"; text: string }) => void;
  /**
   * Write down that it runs, so that a later run can stop it should this one be killed. A survivor
   * of an earlier run is stopped first, and one that another touchdown runs now is waited for.
   */
  readonly record?: { readonly key: string; readonly id: string; readonly name: string };
}

export interface CommandResult {
  /** As a shell has it: 128 + the signal's number where a signal ended it. */
  readonly exitCode: number;
  readonly signal?: string;
  readonly stdout: string;
  readonly stderr: string;
}
