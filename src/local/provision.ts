import { access, mkdir, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { TouchdownError } from "../errors.ts";
import { cacheFolder } from "../host/dirs.ts";
import { readIfExists, writeAtomic } from "../host/files.ts";
import { withLock } from "../host/lock-file.ts";
import { forgetProcessGroup, recordProcessGroup, stopSurvivor } from "../host/process-group.ts";
import { run } from "../host/run.ts";
import { findPython, type Python } from "./find-python.ts";
import { ministackVersion, requirements } from "./requirements.ts";
import { sha256Hex } from "../host/sha256.ts";

export type Provisioned = {
  /** The virtual environment's own Python. */
  readonly program: string;
  /** Its minor version, for example `3.11`. */
  readonly python: string;
};

export type ProvisionOptions = {
  /** Called with a line for the user, when something takes its time. */
  readonly onProgress?: (line: string) => void;
  readonly signal?: AbortSignal;
};

/**
 * A virtual environment that holds the embedded AWS, made in the cache the first time. `TOUCHDOWN_PYTHON` says which
 * Python; without it one made before will do.
 *
 * It is built in its place, since virtual environments cannot be moved; the stamp written last says that it is whole.
 * One without a stamp was left by a run that was killed, and is made anew.
 *
 * @throws FILE_WRITE, FOLDER_WRITE, INTERRUPTED, LOCAL_INSTALL, LOCAL_PYTHON_MISSING, LOCK_TIMEOUT
 */
export async function provision(options: ProvisionOptions = {}): Promise<Provisioned> {
  const cache = await cacheFolder();
  if (!process.env["TOUCHDOWN_PYTHON"]) {
    const made = await anyMade(cache);
    if (made !== undefined) return made;
  }
  const python = await findPython(process.env);
  const folder = join(cache, folderName(python));
  const lock = {
    what: "AWS on this machine to be set up",
    atMostMs: 600_000,
    onWait: (pid: number) =>
      options.onProgress?.(`waiting for process ${pid}, which sets up AWS on this machine`),
    ...(options.signal === undefined ? {} : { signal: options.signal }),
  };
  return (
    (await made(folder)) ??
    withLock(`${folder}.lock`, lock, async () => {
      return (await made(folder)) ?? build(folder, python, options);
    })
  );
}

const stampName = "touchdown-complete.json";
const namePrefix = `ministack-${ministackVersion}-${hash(requirements)}-py`;

/** All that it depends on is in the name, so that a change makes another and never alters one in use. */
function folderName(python: Python): string {
  const where = `${process.platform} ${process.arch} ${python.executable}`;
  return `${namePrefix}${python.version}-${hash(where)}`;
}

function hash(text: string): string {
  return sha256Hex(text).slice(0, 8);
}

async function anyMade(cache: string): Promise<Provisioned | undefined> {
  const names = (await readdir(cache)).filter((name) => name.startsWith(namePrefix));
  const all = await Promise.all(names.map((name) => made(join(cache, name))));
  return all
    .filter((one) => one !== undefined)
    .toSorted((a, b) => minorOf(b) - minorOf(a))
    .at(0);
}

function minorOf({ python }: Provisioned): number {
  return Number(python.split(".")[1]);
}

async function made(folder: string): Promise<Provisioned | undefined> {
  const stamp = await readIfExists(join(folder, stampName));
  if (stamp === undefined) return undefined;
  const { python } = JSON.parse(stamp.toString("utf8")) as { readonly python: string };
  const program = programIn(folder);
  // a link to the Python it was made with, which may have been removed since
  const runs = await access(program).then(
    () => true,
    () => false,
  );
  return runs ? { program, python } : undefined;
}

function programIn(folder: string): string {
  return process.platform === "win32"
    ? join(folder, "Scripts", "python.exe")
    : join(folder, "bin", "python");
}

async function build(
  folder: string,
  python: Python,
  { onProgress, signal }: ProvisionOptions,
): Promise<Provisioned> {
  onProgress?.(
    `setting up AWS on this machine, once: ministack ${ministackVersion} for Python ${python.version}`,
  );
  // the pip of a run that was killed would go on writing there
  const records = `${folder}.groups`;
  await stopSurvivor(records, folder);
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const program = programIn(folder);
  const list = join(folder, "requirements.txt");
  await writeAtomic(list, requirements);
  // without compiling, the first start takes no longer, and this a third less
  const pip = [program, "-m", "pip", "install", "--no-compile", "--require-hashes", "-r", list];
  const steps = [
    [python.program, "-m", "venv", folder],
    [...pip, "--no-input", "--disable-pip-version-check"],
  ];
  for (const step of steps) {
    const result = await run(step, {
      cwd: folder,
      env: pipEnvironment(process.env),
      cleanEnv: true,
      timeoutMs: 580_000,
      onStart: (pid) => recordProcessGroup(records, folder, pid),
      ...(signal === undefined ? {} : { signal }),
    });
    forgetProcessGroup(records, folder);
    if (result.exitCode !== 0) throw failure(`${result.stdout}\n${result.stderr}`);
  }
  await rm(records, { recursive: true, force: true });
  await writeAtomic(join(folder, stampName), JSON.stringify({ python: python.version }));
  return { program, python: python.version };
}

/** The user's own, which say where packages come from, without what would put them elsewhere. */
function pipEnvironment(current: NodeJS.ProcessEnv): Record<string, string> {
  const elsewhere =
    /^(PYTHON.*|VIRTUAL_ENV|PIP_(USER|TARGET|PREFIX|ROOT|CONSTRAINT|REQUIREMENT|PYTHON|DRY_RUN))$/;
  const kept = Object.entries(current).filter(
    (entry): entry is [string, string] => entry[1] !== undefined && !elsewhere.test(entry[0]),
  );
  return { ...Object.fromEntries(kept), PIP_USER: "0" };
}

function failure(output: string): TouchdownError {
  const lines = output.split("\n").filter((line) => line.trim() !== "");
  const said = lines.findLast((line) => line.startsWith("ERROR: ")) ?? lines.at(-1) ?? "nothing";
  return new TouchdownError(
    "LOCAL_INSTALL",
    `cannot install ministack ${ministackVersion}: ${said.replace(/^ERROR: /, "")}`,
    {
      hint: [
        "the first start needs the network: check that pip reaches its index (pip.conf, PIP_INDEX_URL, HTTPS_PROXY), and start again; pip said:",
        ...lines.slice(-12).map((line) => `  ${line}`),
      ].join("\n"),
    },
  );
}
