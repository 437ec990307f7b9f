import { access, constants } from "node:fs/promises";
import { delimiter, isAbsolute, join } from "node:path";
import { TouchdownError } from "../errors.ts";
import { run } from "../host/run.ts";

export type Python = {
  /** The program's path, or the name it was asked for by. */
  readonly program: string;
  /** For example `3.11`. */
  readonly version: string;
  /** What it runs as; for a link or a shim, what is behind it. */
  readonly executable: string;
};

/** Newest that AWS's default runtime has first; ministack needs 3.10. */
const names = [
  "python3.13",
  "python3.14",
  "python3.12",
  "python3.11",
  "python3.10",
  "python3",
  "python",
];
const oldest = [3, 10] as const;

/**
 * A Python that can run the embedded AWS: `TOUCHDOWN_PYTHON`'s, or the first on the PATH that is new enough and
 * really runs (a pyenv shim may lead nowhere, Debian's python3 may lack venv).
 *
 * @throws LOCAL_PYTHON_MISSING
 */
export async function findPython(
  environment: Readonly<Record<string, string | undefined>>,
): Promise<Python> {
  const asked = environment["TOUCHDOWN_PYTHON"];
  if (asked) return askedPython(asked);
  const reasons: string[] = [];
  for (const program of await programsOnPath(environment["PATH"] ?? "")) {
    const found = await probe(program);
    if (typeof found !== "string") return found;
    reasons.push(`${program} ${found}`);
  }
  const what = `AWS on this machine needs Python ${oldest.join(".")} or newer`;
  throw new TouchdownError(
    "LOCAL_PYTHON_MISSING",
    reasons.length === 0
      ? `${what}, and there is none on the PATH`
      : `${what}, and none on the PATH will do`,
    { hint: [`install one, or set TOUCHDOWN_PYTHON to one`, ...reasons].join("\n") },
  );
}

async function askedPython(program: string): Promise<Python> {
  const found = await probe(program);
  if (typeof found !== "string") return found;
  throw new TouchdownError(
    "LOCAL_PYTHON_MISSING",
    `TOUCHDOWN_PYTHON is ${program}, which ${found}`,
    { hint: `set it to a Python ${oldest.join(".")} or newer, or unset it` },
  );
}

/** Every file on the PATH that could be one, best name first. */
async function programsOnPath(path: string): Promise<string[]> {
  const folders = [...new Set(path.split(delimiter))].filter((folder) => isAbsolute(folder));
  const suffix = process.platform === "win32" ? ".exe" : "";
  const candidates = names.flatMap((name) => folders.map((folder) => join(folder, name + suffix)));
  const there = await Promise.all(
    candidates.map((file) =>
      access(file, constants.X_OK).then(
        () => true,
        () => false,
      ),
    ),
  );
  return candidates.filter((_, index) => there[index]);
}

const script =
  "import sys; print('%d.%d %s' % (sys.version_info[0], sys.version_info[1], sys.executable)); import venv, ensurepip";

/** The Python, or why it will not do, as the rest of a sentence that begins with its path. */
async function probe(program: string): Promise<Python | string> {
  // -I: neither PYTHONPATH nor the folder we are in may lend it a module
  const result = await run([program, "-I", "-c", script], { timeoutMs: 20_000 }).catch(
    (error: unknown) => {
      if (error instanceof TouchdownError && error.code === "INTERRUPTED") throw error;
      return undefined;
    },
  );
  const [, version, executable] = /^(\d+\.\d+) (.+)$/m.exec(result?.stdout ?? "") ?? [];
  if (result === undefined || version === undefined || executable === undefined) {
    return "does not run";
  }
  const [major = 0, minor = 0] = version.split(".").map(Number);
  if (major < oldest[0] || (major === oldest[0] && minor < oldest[1]))
    return `is Python ${version}`;
  if (result.exitCode !== 0)
    return "lacks venv or ensurepip (Debian, Ubuntu: apt install python3-venv)";
  return { program, version, executable };
}
