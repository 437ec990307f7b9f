import { TouchdownError } from "../../errors.ts";
import { run } from "../../host/run.ts";
import { pyenvPython } from "../build/build-python.ts";
import { factsOf, type Target } from "../wheel/targets.ts";
import { programsOnPath } from "../uv/uv.ts";

/** An interpreter whose bytecode the target's Python takes. */
export interface BytecodePython {
  /** What it runs as; for a shim, what is behind it. */
  readonly program: string;
  /** Exact: `3.11.7`, `3.14.0rc2`. Two of the same version write the same bytecode. */
  readonly version: string;
}

/**
 * A CPython of the target's minor version on this machine: on the PATH, pyenv's newest, or one that uv knows.
 *
 * @param options.exact  a version that is preferred wherever it is
 * @throws BYTECODE_PYTHON, INTERRUPTED
 */
export async function findBytecodePython(
  target: Target,
  options: {
    readonly exact?: string;
    readonly environment?: Readonly<Record<string, string | undefined>>;
  } = {},
): Promise<BytecodePython> {
  const { exact, environment = process.env } = options;
  const { minor } = factsOf(target);
  const tried: string[] = [];
  let other: BytecodePython | undefined;
  for await (const program of candidates(minor, environment["PATH"] ?? "", exact)) {
    const found = await probe(program, minor);
    if (typeof found === "string") tried.push(`${program} ${found}`);
    else if (exact === undefined || found.version === exact) return found;
    else other ??= found;
  }
  if (other !== undefined) return other;
  throw new TouchdownError(
    "BYTECODE_PYTHON",
    `bytecode for ${target.runtime} needs a CPython 3.${minor}, and this machine has none`,
    {
      hint: [
        `install one, for example with: uv python install ${exact ?? `3.${minor}`}; or leave bytecode out`,
        ...tried,
      ].join("\n"),
    },
  );
}

async function* candidates(
  minor: number,
  path: string,
  exact: string | undefined,
): AsyncGenerator<string> {
  for (const name of [`python3.${minor}`, "python3", "python"])
    yield* await programsOnPath(name, path);
  const uvs = await programsOnPath("uv", path);
  for (const version of exact === undefined ? [undefined] : [exact, undefined]) {
    const pyenv = await pyenvPython(minor, version);
    if (pyenv !== undefined) yield pyenv;
    const words = ["python", "find", "--no-project", "--no-python-downloads"];
    for (const uv of uvs) {
      const found = await attempt([uv, ...words, version ?? `3.${minor}`]);
      if (found !== undefined && found !== "") yield found;
    }
  }
}

const script = `
import sys
import sysconfig
print(sys.version.split()[0])
print(sys.implementation.name)
print(sysconfig.get_config_var("Py_GIL_DISABLED") or 0)
print(sys.executable)
`;

/** The Python, or why it will not do, as the rest of a sentence that begins with its path. */
async function probe(program: string, minor: number): Promise<BytecodePython | string> {
  const said = await attempt([program, "-I", "-c", script]);
  const [version = "", implementation, freeThreaded, executable = ""] = said?.split("\n") ?? [];
  if (version === "" || executable === "") return "does not run";
  if (!version.startsWith(`3.${minor}.`)) return `is Python ${version}`;
  if (version.endsWith("+")) return `is Python ${version}, of between two releases`;
  if (implementation !== "cpython") return `is ${implementation}, not CPython`;
  if (freeThreaded !== "0") return "is a free-threaded build, whose bytecode others do not take";
  return { program: executable, version };
}

/** What a program prints, without spaces around it; `undefined` where it fails. */
async function attempt(command: readonly string[]): Promise<string | undefined> {
  try {
    const { exitCode, stdout } = await run(command, { timeoutMs: 20_000 });
    return exitCode === 0 ? stdout.trim() : undefined;
  } catch (error) {
    if (error instanceof TouchdownError && error.code === "INTERRUPTED") throw error;
    return undefined;
  }
}
