/** What the packages of one Touchdownfile share: the store, what was hashed and resolved in this run, and their locks. */
import { relative, resolve } from "node:path";
import type { Deployed } from "../core/artifact.ts";
import { canonical } from "../core/canonical.ts";
import type { Runtime } from "../core/runtime.ts";
import { TouchdownError } from "../errors.ts";
import { TurnEnd } from "../host/turn-end.ts";
import { FileHashes } from "../store/file-hashes.ts";
import type { FileFacts } from "../store/file-hashes.ts";
import { openStore } from "../store/store.ts";
import type { Store } from "../store/store.ts";
import { PackageBuilds } from "./memory/package-builds.ts";
import type { LockRequest } from "./locking/lock-request.ts";
import { factsOf } from "./wheel/targets.ts";
import type { Target } from "./wheel/targets.ts";
import type { ToBuild } from "./build/to-build.ts";
import type { BytecodePython } from "./bytecode/bytecode-python.ts";
import type { FetchProgress } from "./fetch/fetch-options.ts";
import type { LockedFile } from "./lock/locked.ts";
import type { Keyring } from "./uv/keyring.ts";
import type { Uv } from "./uv/uv.ts";

/** Bytes to fetch. */
const worthSaying = 2_000_000;

interface SessionOptions {
  /** The Touchdownfile's. */
  readonly folder: string;
  /** A lock that is missing or stale is an error, never written. */
  readonly locked: boolean;
}

/** What a lock is written from. */
export interface LockInputs {
  readonly project?: string;
  readonly requirements?: string;
  readonly extras: readonly string[];
  readonly groups: readonly string[];
}

/** What a package has built whose lock another tool keeps. */
interface NotedBuilds {
  readonly label: string;
  readonly sources: readonly ToBuild[];
  /** 11 of Python 3.11. */
  readonly minor: number;
}

interface Locked {
  readonly label: string;
  readonly inputs: LockInputs;
  readonly target: Target;
  readonly bytecode: boolean;
}

interface Registered {
  readonly label: string;
  readonly inputs: LockInputs;
  readonly minors: Set<number>;
  /** Those with bytecode. */
  readonly bytecode: Set<number>;
}

export class PackageSession {
  readonly folder: string;
  readonly locked: boolean;
  #runtime: Runtime | undefined;
  #store: Promise<Store> | undefined;
  #hashes: FileHashes | undefined;
  readonly #savingHashes = new TurnEnd(() => this.#hashes?.save());
  readonly #locks = new Map<string, Map<string, Registered>>();
  readonly #builds = new Map<string, Map<string, NotedBuilds>>();
  readonly #todos = new Map<string, string>();
  readonly #unsaid: string[] = [];
  readonly #memory = new Map<string, Promise<unknown>>();

  constructor({ folder, locked }: SessionOptions) {
    this.folder = folder;
    this.locked = locked;
  }

  /** Hand over a run's runtime; until then warnings are kept, and nothing is emitted. */
  opened(runtime: Runtime): this {
    this.#runtime = runtime;
    for (const message of this.#unsaid.splice(0)) this.warn(message);
    return this;
  }

  get signal(): AbortSignal | undefined {
    return this.#runtime?.signal;
  }

  /** What is deployed that was built under this key. */
  async recall(key: string): Promise<Deployed | undefined> {
    return this.#runtime?.recall?.(key);
  }

  say(message: string): void {
    this.#runtime?.emit({ type: "progress", message });
  }

  /** Before a run is opened, what is found is kept until then. */
  warn(message: string): void {
    if (this.#runtime === undefined) this.#unsaid.push(message);
    else this.#runtime.emit({ type: "warning", message });
  }

  store(): Promise<Store> {
    this.#store ??= this.#open();
    return this.#store;
  }

  async #open(): Promise<Store> {
    const store = await openStore(undefined, { onProblem: (problem) => this.warn(problem) });
    this.#hashes = new FileHashes(store, this.folder);
    return store;
  }

  builds(): Promise<PackageBuilds> {
    return this.once("builds", async () => new PackageBuilds(await this.store(), this.folder));
  }

  /** The sha256 of a file, 64 hex digits; a file that is as it was is not read again. */
  hashOf(file: string): string {
    return this.factsOf(file).sha256;
  }

  /** As `hashOf`, with what else is known of it. */
  factsOf(file: string): FileFacts {
    const facts = this.#hashes?.facts(relative(this.folder, file));
    if (facts === undefined) throw gone(file);
    this.#savingHashes.soon();
    return facts;
  }

  /** Bring files into the store; the path there of each, by its sha256. */
  async fetch(files: readonly LockedFile[]): Promise<ReadonlyMap<string, string>> {
    if (files.length === 0) return new Map();
    const { fetchFiles } = await import("./fetch/fetch.ts");
    const { signal, folder } = this;
    return fetchFiles(files, {
      store: await this.store(),
      folder,
      keyring: await this.keyring(),
      onWait: (line) => this.say(line),
      onProgress: this.#fetching(),
      ...(signal === undefined ? {} : { signal }),
    });
  }

  /** Says once how much is to come: what takes seconds should not look as if nothing happened. */
  #fetching(): (progress: FetchProgress) => void {
    let said = false;
    return ({ totalFiles, totalBytes }) => {
      if (said || totalBytes < worthSaying) return;
      said = true;
      this.say(`fetching ${totalFiles} files, ${(totalBytes / 1e6).toFixed(1)} MB`);
    };
  }

  /** Remembers what it was asked, for the whole run. */
  keyring(): Promise<Keyring> {
    return this.once("keyring", async () => {
      const { Keyring } = await import("./uv/keyring.ts");
      return new Keyring();
    });
  }

  /** What compiles bytecode for a target: the exact version where this machine has it, else another. */
  python(target: Target, exact?: string): Promise<BytecodePython> {
    return this.once(`python ${target.runtime} ${exact ?? ""}`, async () => {
      const { knownPython } = await import("./bytecode/known-python.ts");
      return knownPython(target, await this.store(), exact);
    });
  }

  uv(): Promise<Uv> {
    return this.once("uv", async () => {
      const { findUv } = await import("./uv/uv.ts");
      const store = await this.store();
      const { signal } = this;
      const onProgress = (line: string): void => this.say(line);
      return findUv({ store, onProgress, ...(signal === undefined ? {} : { signal }) });
    });
  }

  /** The same promise for the same key; forgotten where it fails, so that a second run in this process tries again. */
  once<T>(key: string, make: () => Promise<T>): Promise<T> {
    const known = this.#memory.get(key) as Promise<T> | undefined;
    if (known !== undefined) return known;
    const made = make();
    this.#memory.set(key, made);
    made.catch(() => this.#memory.delete(key));
    return made;
  }

  /** What was remembered under keys that begin so is looked up again. */
  forget(prefix: string): void {
    for (const key of this.#memory.keys()) if (key.startsWith(prefix)) this.#memory.delete(key);
  }

  /** Say that a package is locked in `folder`, so that two of different inputs get locks of different names. */
  register(folder: string, { label, inputs, target, bytecode }: Locked): void {
    const here = this.#locks.get(folder) ?? new Map<string, Registered>();
    this.#locks.set(folder, here);
    const identity = canonical(inputs);
    const fresh = { label, inputs, minors: new Set<number>(), bytecode: new Set<number>() };
    const known = here.get(identity) ?? fresh;
    const { minor } = factsOf(target);
    known.minors.add(minor);
    if (bytecode) known.bytecode.add(minor);
    here.set(identity, known);
  }

  /** Say what a package has built whose lock another tool keeps in `folder`, so that it is locked together with the others'. */
  noteBuilds(folder: string, noted: NotedBuilds): void {
    const here = this.#builds.get(folder) ?? new Map<string, NotedBuilds>();
    this.#builds.set(folder, here.set(noted.label, noted));
  }

  /** Whether a package that was looked at has something built beside a lock in `folder`. */
  buildsSomething(folder: string): boolean {
    return this.#builds.has(folder);
  }

  /** Say that a lock is to be written for a package that was looked at: for all that share it, another lock will count. */
  noteLockTodo(path: string, todo: string): void {
    this.#todos.set(path, todo);
  }

  /** Why a lock is to be written for some package, in words; undefined where it is not. */
  lockTodo(path: string): string | undefined {
    return this.#todos.get(path);
  }

  lockWritten(path: string): void {
    this.#todos.delete(path);
  }

  /** What all packages that were looked at have built, and the oldest Python that builds. */
  notedBuilds(folder: string): Pick<NotedBuilds, "sources" | "minor"> {
    const all = [...(this.#builds.get(folder)?.values() ?? [])];
    return {
      sources: all.flatMap(({ sources }) => sources),
      minor: Math.min(...all.map(({ minor }) => minor)),
    };
  }

  /** What touchdown's own lock of these inputs is made from: `pylock.toml`, or `pylock.<name>.toml` where the folder has several. */
  lockRequest(folder: string, inputs: LockInputs): LockRequest {
    const here = this.#locks.get(folder);
    const known = here?.get(canonical(inputs));
    if (here === undefined || known === undefined)
      throw new Error(`no lock is registered in ${folder}`);
    const { project, requirements, extras, groups } = inputs;
    return {
      folder,
      ...(here.size === 1 ? {} : { name: known.label }),
      requirements: requirements === undefined ? [] : [resolve(this.folder, requirements)],
      ...(project === undefined ? {} : { project: resolve(this.folder, project) }),
      extras,
      groups,
      minors: [...known.minors].toSorted((a, b) => a - b),
      bytecode: [...known.bytecode].toSorted((a, b) => a - b),
    };
  }
}

function gone(file: string): TouchdownError {
  return new TouchdownError("ARTIFACT_CHANGED", `${file} vanished while it was looked at`, {
    hint: "let nothing else write there meanwhile, and run the same command again",
  });
}
