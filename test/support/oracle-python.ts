import { execFile } from "node:child_process";
import { access, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { cacheFolder } from "../../src/host/dirs.ts";
import { run } from "../../src/host/run.ts";

const execute = promisify(execFile);

/** What others are asked for the truth with; raised together, on purpose. */
const oracles = ["packaging==26.3", "pip==26.0.1", "uv==0.13.9"] as const;

/** The Python of a virtual environment that has PyPA's own libraries, made once in the cache folder. */
export async function oraclePython(): Promise<string> {
  const folder = join(await cacheFolder(), `test-oracles-${oracles.join("-")}`);
  const python = join(folder, "bin", "python");
  const ready = join(folder, "bin", "pip");
  const made = await access(ready).then(
    () => execute(python, ["-c", "import packaging"]).then(() => true),
    () => false,
  );
  if (made) return python;
  await rm(folder, { recursive: true, force: true });
  await execute("python3", ["-m", "venv", folder]);
  await execute(python, ["-m", "pip", "install", "--quiet", ...oracles]);
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
