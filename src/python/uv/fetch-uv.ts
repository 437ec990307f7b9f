import { createHash } from "node:crypto";
import { chmod, open, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { TouchdownError } from "../../errors.ts";
import { temporaryFolder } from "../../host/dirs.ts";
import { run, type RunResult } from "../../host/run.ts";
import type { Store } from "../../store/store.ts";
import { readEntry } from "../../zip/read-entry.ts";
import { readCentralDirectory } from "../../zip/read.ts";
import { fileSource } from "../../zip/source.ts";
import { withoutCredentials } from "./credentials.ts";
import { pinnedUv } from "./uv-pinned.ts";

export type FetchUvOptions = {
  readonly store: Store;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly onProgress?: (line: string) => void;
  readonly signal?: AbortSignal;
};

const bucket = "uv-v1";

/**
 * The pinned uv, from the store, or fetched by pip from the index that pip is configured with.
 *
 * @returns why it can not be had, as a line, where it can not
 * @throws INTERRUPTED, STORE_WRITE
 */
export async function fetchUv(
  options: FetchUvOptions,
): Promise<{ readonly program: string; readonly version: string } | string> {
  const { store, onProgress, signal } = options;
  const lock = {
    what: "uv to be fetched",
    atMostMs: 600_000,
    onWait: (pid: number) => onProgress?.(`waiting for process ${pid}, which fetches uv`),
    ...(signal === undefined ? {} : { signal }),
  };
  const make = async (path: string): Promise<void> => {
    onProgress?.(`fetching uv ${pinnedUv.version}, once`);
    await temporaryFolder("touchdown-uv", async (folder) => {
      await extractUv(await downloadWheel(folder, options), path);
    });
  };
  try {
    const program = await store.once(bucket, storeKey(), lock, make);
    return { program, version: pinnedUv.version };
  } catch (error) {
    if (error instanceof NotFetched) return error.message;
    throw error;
  }
}

/** Of the platform too: a home folder, and the store in it, may be shared by machines. */
function storeKey(): string {
  const wheels = pinnedUv.sha256.join("\n");
  return createHash("sha256")
    .update([process.platform, process.arch, libc(), wheels].join("\n"))
    .digest("hex");
}

/** Node's report names the glibc it runs with, and none where that is musl. */
function libc(): string {
  if (process.platform !== "linux") return "";
  const report: unknown = process.report.getReport();
  const header = typeof report === "object" && report !== null && "header" in report;
  return header && JSON.stringify(report.header).includes("glibcVersionRuntime") ? "glibc" : "musl";
}

class NotFetched extends Error {}

/** pip chooses the wheel for this machine, and takes none whose sha256 is not ours. */
async function downloadWheel(folder: string, options: FetchUvOptions): Promise<string> {
  const list = join(folder, "requirements.txt");
  const hashes = pinnedUv.sha256.map((hash) => `--hash=sha256:${hash}`);
  await writeFile(list, [`uv==${pinnedUv.version}`, ...hashes].join(" \\\n    "));
  const download = ["download", "--require-hashes", "--no-deps", "--only-binary", ":all:"];
  const quiet = ["--no-input", "--disable-pip-version-check", "--progress-bar", "off"];
  let problem = "pip would have fetched it, but there is no Python on the PATH either";
  for (const python of ["python3", "python", "py"]) {
    const command = [python, "-m", "pip", ...download, ...quiet, "-r", list, "-d", folder];
    const result = await runPip(command, folder, options);
    if (result === undefined) continue;
    const [wheel] = (await readdir(folder)).filter((name) => name.endsWith(".whl"));
    if (result.exitCode === 0 && wheel !== undefined) return join(folder, wheel);
    problem = `${python} -m pip could not fetch it: ${lastLine(result)}`;
  }
  throw new NotFetched(problem);
}

/** `undefined` where there is no such program. */
async function runPip(
  command: readonly string[],
  folder: string,
  { environment, signal }: FetchUvOptions,
): Promise<RunResult | undefined> {
  const elsewhere =
    /^(PYTHON.*|PIP_(CONSTRAINT|REQUIREMENT|TARGET|USER|PREFIX|ROOT|DEST|PLATFORM|NO_BINARY|ONLY_BINARY|PYTHON))$/;
  const env: Record<string, string> = {};
  for (const [name, value] of Object.entries(environment)) {
    if (value !== undefined && !elsewhere.test(name)) env[name] = value;
  }
  try {
    return await run(command, {
      cwd: folder,
      env,
      cleanEnv: true,
      timeoutMs: 540_000,
      ...(signal === undefined ? {} : { signal }),
    });
  } catch (error) {
    if (error instanceof TouchdownError && error.code === "COMMAND_NOT_FOUND") return undefined;
    throw error;
  }
}

async function extractUv(wheel: string, path: string): Promise<void> {
  const handle = await open(wheel);
  try {
    const zip = await fileSource(handle);
    // Binary distribution format: `.data/scripts/` holds the programs
    const program = (await readCentralDirectory(zip)).find((entry) =>
      /^uv-[^/]+\.data\/scripts\/uv(\.exe)?$/.test(entry.path),
    );
    if (program === undefined) throw new NotFetched("uv's wheel holds no program of that name");
    await writeFile(path, await readEntry(zip, program));
    await chmod(path, 0o755);
  } finally {
    await handle.close();
  }
}

function lastLine({ stdout, stderr }: RunResult): string {
  const lines = `${stdout}\n${stderr}`.split("\n").filter((line) => line.trim() !== "");
  const said = lines.findLast((line) => line.startsWith("ERROR: ")) ?? lines.at(-1) ?? "nothing";
  return withoutCredentials(said.replace(/^ERROR: /, ""));
}
