/** What `addPythonPackage` takes. */
import * as z from "zod/mini";
import { orRef } from "../core/input.ts";
import type { Resolved } from "../core/ref.ts";
import { strictObject } from "../core/strict-object.ts";
import type { PackageSession } from "./session.ts";
import { architectures, pythonRuntimes } from "./wheel/targets.ts";

const path = z
  .string()
  .check(z.refine((text) => text !== "" && !text.includes("\0"), { error: "must be a path" }));
const distribution = z
  .string()
  .check(z.regex(/^[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?$/u, "must be a distribution's name"));
// each schema takes as long to make as a small file to read, so that what is the same is made once
const optionalPath = z.optional(path);
const distributions = z._default(z.array(distribution), []);
const patterns = z._default(z.array(z.string().check(z.minLength(1))), []);
const runtime = z.enum(pythonRuntimes);
const architecture = z.enum(architectures);

/**
 * Where a file of the zip goes: relative, with `/`.
 *
 * @source APPNOTE 6.3.10 §4.4.17
 */
const zipPath = z.string().check(
  z.refine((text) => !/^\/|\\|\0|(?:^|\/)\.\.?(?:\/|$)|\/\/|\/$|^$/u.test(text), {
    error: "must be a path inside the zip, relative and with /",
  }),
);

export const packageShape = {
  /**
   * 1–64 letters, digits, `-` and `_`: what the zip and, where a folder has several, the lock are
   * called. Default: the name of the function that uses it, else of the project's folder.
   */
  name: z.optional(
    z.string().check(z.regex(/^[A-Za-z0-9_-]{1,64}$/u, "must be 1–64 letters, digits, - and _")),
  ),
  /**
   * A folder with a `pyproject.toml` or a `setup.py`, relative to the Touchdownfile's: goes in as its
   * own wheel, with what it depends on. Default: none.
   */
  project: optionalPath,
  /**
   * A requirements file, relative to the Touchdownfile's folder. One whose every line is pinned and
   * hashed is obeyed as it is; of any other a `pylock.toml` is written beside it. Default: none.
   */
  requirements: optionalPath,
  /**
   * A lock to obey exactly: `pylock.toml`, `uv.lock`, `poetry.lock`, `pdm.lock`, `Pipfile.lock` or
   * requirements with hashes. Default: the one that stands beside the project or the requirements.
   */
  lock: optionalPath,
  /**
   * Files, folders or globs, copied as they are to the top of the zip, each under its own name; of a
   * folder with a slash at its end, what is in it. `{ from, to }` puts them into a folder of the zip.
   * Default: none with a `project`; else what is in `src`, or the modules and packages beside the
   * requirements.
   */
  sources: z.optional(z.array(z.union([path, z.strictObject({ from: path, to: zipPath })]))),
  /**
   * Files made from values, by their path in the zip: texts, bytes, serializers, with references
   * anywhere. Default: none.
   */
  files: z._default(z.record(zipPath, orRef(z.union([z.string(), z.instanceof(Uint8Array)]))), {}),
  /** Extras of the project, as `[project.optional-dependencies]` names them. Default: none. */
  extras: distributions,
  /** Dependency groups of the project, as `[dependency-groups]` names them. Default: none. */
  groups: distributions,
  /** Patterns as in a `.gitignore`, on paths in the zip: what would be left out and is wanted. Default: none. */
  include: patterns,
  /** Patterns as in a `.gitignore`, on paths in the zip: what is to be left out. Default: none. */
  exclude: patterns,
  /** Distributions to leave out, with what only they need, such as `boto3`, which Lambda has. Default: none. */
  withoutPackages: distributions,
  /**
   * Compile every module, so that no cold start has to; makes the zip bigger, and needs a Python of
   * that minor version here. Which one exactly is in the lock that touchdown writes. Default: false.
   *
   * @source PEP 552: unchecked hash-based pycs
   */
  bytecode: z._default(z.boolean(), false),
  /** Default: that of the function that uses it, or the one that its layer names; where nothing says one, python3.13. */
  runtime: z.optional(runtime),
  /** Default: that of the function that uses it, or the one that its layer names; where nothing says one, x86_64. */
  architecture: z.optional(architecture),
};

/** Which part of a package: all of it, its own files, or what it depends on, laid out as a layer. */
export const parts = ["whole", "code", "dependencies"] as const;
export type Part = (typeof parts)[number];

export type PythonPackageArgs = z.input<ReturnType<typeof strictObject<typeof packageShape>>>;

/** As the engine has it: with what the handle adds. */
export const packageSchema = strictObject({
  ...packageShape,
  /** What plans call it. */
  label: z.string(),
  part: z.enum(parts),
  runtime,
  architecture,
  session: z.custom<() => PackageSession>(),
});
/** References replaced. */
export type PackageWant = Resolved<z.output<typeof packageSchema>>;
