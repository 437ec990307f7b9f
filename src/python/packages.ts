/** The packages of a Touchdownfile: each is declared once for every target and part that is used of it. */
import { basename, resolve } from "node:path";
import { asArtifact } from "../core/artifact.ts";
import type { Artifact, ArtifactUse } from "../core/artifact.ts";
import { canonical } from "../core/canonical.ts";
import type { Declarations } from "../core/declare.ts";
import type { AnyResource, Scope } from "../core/declared.ts";
import type { ArtifactLike } from "../core/input.ts";
import { Ref } from "../core/ref.ts";
import { isPlain } from "../core/resolve.ts";
import type { Resource } from "../core/resource.ts";
import { lockFolder, lockInputs } from "./which-lock.ts";
import { pythonPackage } from "./package.ts";
import type { PackageProperties } from "./package.ts";
import type { Part, PythonPackageArgs } from "./package-schema.ts";
import { PackageSession } from "./session.ts";
import type { Architecture, PythonRuntime, Target } from "./wheel/targets.ts";

/** A zip that touchdown builds; goes where code can. */
export class PythonPackage implements ArtifactLike {
  /** Only its own files: the project's wheel, sources and generated files, a zip of a few kB. */
  readonly code: ArtifactLike;
  /** Only what it depends on, below `python/`, as a layer's content. */
  readonly dependencies: ArtifactLike;
  readonly #declare: (part: Part, use: ArtifactUse) => Resource<PackageProperties>;

  constructor(declare: (part: Part, use: ArtifactUse) => Resource<PackageProperties>) {
    this.#declare = declare;
    this.code = { [asArtifact]: (use) => this.#artifact("code", use) };
    this.dependencies = { [asArtifact]: (use) => this.#artifact("dependencies", use) };
  }

  [asArtifact](use?: ArtifactUse): Ref<Artifact> {
    return this.#artifact("whole", use);
  }

  /** Of the zip for the package's own `runtime` and `architecture`: `Sha256`, `Size`, `Path`, … */
  getProperty<P extends keyof PackageProperties>(name: P): Ref<PackageProperties[P]> {
    return this.#declare("whole", {}).getProperty(name);
  }

  #artifact(part: Part, use: ArtifactUse = {}): Ref<Artifact> {
    const resource = this.#declare(part, use);
    const ref = resource.getProperty("Artifact");
    const problems = mismatches(resource, use);
    if (problems.length === 0) return ref;
    const { needs, evaluate, label } = ref;
    return new Ref({ needs, evaluate, label, problems: [...ref.problems, ...problems] });
  }
}

/** A package that names its runtime is built for that, so a function that runs another is a mistake. */
function mismatches({ args }: AnyResource, use: ArtifactUse): readonly string[] {
  const label = String(args["label"]);
  const pairs = [
    [args["runtime"], use.runtime],
    [args["architecture"], use.architecture],
  ] as const;
  return pairs.flatMap(([built, runs]) =>
    typeof built !== "string" || runs === undefined || built === runs
      ? []
      : [`package ${label} is built for ${built}, and this runs on ${runs}`],
  );
}

/** What a workspace's `addPythonPackage` needs to know. */
export interface PackagesOptions {
  /** The Touchdownfile's. */
  readonly folder: string;
  /** A lock that is missing or stale is an error, never written. */
  readonly locked: boolean;
}

const defaultTarget: Target = { runtime: "python3.13", architecture: "x86_64" };

interface Declared {
  readonly resource: Resource<PackageProperties>;
  /** Equal where the same is built for the same target. */
  readonly identity: string;
}

export class Packages {
  readonly #session: PackageSession;
  readonly #scope: Scope;
  readonly #folder: string;
  readonly #declare: (args: never) => Resource<PackageProperties>;
  readonly #declared = new Map<string, Declared>();
  readonly #unused: (() => void)[] = [];

  constructor(declarations: Declarations, options: PackagesOptions) {
    this.#session = new PackageSession(options);
    this.#folder = options.folder;
    this.#scope = { label: "", open: (runtime) => Promise.resolve(this.#session.opened(runtime)) };
    this.#declare = declarations.adder(pythonPackage, this.#scope);
  }

  add(written: PythonPackageArgs): PythonPackage {
    // A Touchdownfile in JavaScript may give anything, which the schema then refuses.
    const args: PythonPackageArgs = isPlain(written) ? written : {};
    const made = new Map<string, Resource<PackageProperties>>();
    const declare = (part: Part, use: ArtifactUse): Resource<PackageProperties> => {
      const target = targetOf(args, use);
      const variant = `${part} ${target.runtime} ${target.architecture}`;
      const first = ![...made.keys()].some((other) => other.startsWith(`${part} `));
      const known = made.get(variant) ?? this.#addFor(args, { part, target, use, first });
      made.set(variant, known);
      return known;
    };
    this.#unused.push(() => {
      if (made.size === 0) declare("whole", {});
    });
    return new PythonPackage(declare);
  }

  /** Declare, for their default target, the packages that nothing uses, so that they are built too. */
  settle(): void {
    for (const declare of this.#unused.splice(0)) declare();
  }

  #addFor(args: PythonPackageArgs, variant: Variant): Resource<PackageProperties> {
    const { target, part } = variant;
    const identity = canonical([identityOf(args), part, target]);
    const label = this.#freeLabel(args, variant, identity);
    const known = this.#declared.get(label);
    if (known !== undefined && known.identity === identity) return known.resource;
    const given = { ...args, ...target, part, label, session: () => this.#session };
    this.#registerLock(args, target, label);
    const resource = this.#declare(given as never);
    if (!this.#declared.has(label)) this.#declared.set(label, { resource, identity });
    return resource;
  }

  /** Before any is looked for, so that it is known which folders have several. */
  #registerLock(
    { lock, project, requirements, extras = [], groups = [], bytecode }: PythonPackageArgs,
    target: Target,
    label: string,
  ): void {
    const named = [project, requirements].filter((path) => path !== undefined);
    const areLists = Array.isArray(extras) && Array.isArray(groups);
    const areTexts = [...named, ...extras, ...groups].every((text) => typeof text === "string");
    if (lock !== undefined || named.length === 0 || !areLists || !areTexts) return;
    const folder = lockFolder({ project, requirements }, this.#folder);
    const inputs = lockInputs({ project, requirements, extras, groups });
    this.#session.register(folder, {
      label: label.replaceAll(" ", "-"),
      inputs,
      target,
      bytecode: bytecode === true,
    });
  }

  /** As named; a package without a name of its own makes way for another that has it. */
  #freeLabel(
    args: PythonPackageArgs,
    { part, target, use, first }: Variant,
    identity: string,
  ): string {
    const base = String(args.name ?? use.name ?? this.#nameOfFolder(args));
    const of = part === "whole" ? base : `${base} ${part}`;
    const label = first ? of : `${of} ${target.runtime} ${target.architecture}`;
    if (args.name !== undefined) return label;
    let number = 1;
    const numbered = (): string => (number === 1 ? label : `${label} ${number}`);
    while ((this.#declared.get(numbered())?.identity ?? identity) !== identity) number += 1;
    return numbered();
  }

  #nameOfFolder({ project, requirements }: PythonPackageArgs): string {
    const folder =
      project === undefined
        ? resolve(this.#folder, String(requirements ?? "x"), "..")
        : resolve(this.#folder, String(project));
    return basename(folder).replaceAll(/[^A-Za-z0-9_-]/gu, "-") || "package";
  }
}

interface Variant {
  readonly part: Part;
  readonly target: Target;
  readonly use: ArtifactUse;
  /** The first that is used of this part of the package: it gets the plain name. */
  readonly first: boolean;
}

function targetOf(args: PythonPackageArgs, use: ArtifactUse): Target {
  return {
    runtime: args.runtime ?? (use.runtime as PythonRuntime | undefined) ?? defaultTarget.runtime,
    architecture:
      args.architecture ??
      (use.architecture as Architecture | undefined) ??
      defaultTarget.architecture,
  };
}

/** The arguments with each handle and reference by a number of its own: two that look alike may differ in a `map`. */
function identityOf(args: unknown): unknown {
  if (Array.isArray(args)) return args.map(identityOf);
  if (args instanceof Uint8Array || typeof args !== "object" || args === null) return args;
  if (!isPlain(args)) return { object: numberOf(args) };
  return Object.fromEntries(Object.entries(args).map(([key, value]) => [key, identityOf(value)]));
}

const numbers = new WeakMap<object, number>();
let last = 0;

function numberOf(value: object): number {
  const number = numbers.get(value) ?? (last += 1);
  numbers.set(value, number);
  return number;
}
