import { execFile } from "node:child_process";
import { rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { cacheFolder } from "../../src/host/dirs.ts";
import { run } from "../../src/host/run.ts";

const execute = promisify(execFile);

/** What others are asked for the truth with; raised together, on purpose. */
const oracles = ["packaging==26.3", "pip==26.0.1", "uv==0.13.9"] as const;

/** The Python of a virtual environment that has PyPA's own libraries, made once in the cache folder. */
export function oraclePython(): Promise<string> {
  return pythonWith(oracles, ["python", "-c", "import packaging"]);
}

/** Those whose locks are read; each in an environment of its own, for they disagree about what they need. */
const lockTools = {
  poetry: ["poetry==2.5.1", "poetry-plugin-export==1.10.1"],
  // pdm 2.29 does not run with what hishel 2 is
  pdm: ["pdm==2.29.4", "hishel<2"],
  pipenv: ["pipenv==2026.10.3"],
} as const;

/** Where such a tool is, installed once in the cache folder. */
export async function lockTool(name: keyof typeof lockTools): Promise<string> {
  return join(dirname(await pythonWith(lockTools[name], [name, "--version"])), name);
}

/** The Python of a virtual environment that has these; the words are a command of it that tells whether it is whole. */
async function pythonWith(
  requirements: readonly string[],
  [program = "", ...words]: readonly string[],
): Promise<string> {
  const folder = join(await cacheFolder(), `test-oracles-${requirements.join("-")}`);
  const bin = join(folder, "bin");
  const python = join(bin, "python");
  const made = await execute(join(bin, program), words).then(
    () => true,
    () => false,
  );
  if (made) return python;
  await rm(folder, { recursive: true, force: true });
  await execute("python3", ["-m", "venv", folder]);
  await execute(python, ["-m", "pip", "install", "--quiet", ...requirements]);
  return python;
}

/** Where a program of that environment is. */
export async function oracleProgram(name: "uv"): Promise<string> {
  return join(dirname(await oraclePython()), name);
}

/** What a script prints, read as JSON; `input` comes to its stdin as JSON. */
export async function askOracle(
  script: string,
  options: { readonly input?: unknown } = {},
): Promise<unknown> {
  const python = await oraclePython();
  const { exitCode, stdout, stderr } = await run([python, script], {
    input: JSON.stringify(options.input ?? {}),
    keepLength: 256 * 1024 * 1024,
  });
  if (exitCode !== 0) throw new Error(`${script}: ${stderr}`);
  return JSON.parse(stdout);
}
