/** A package with something for every stage: a lock to write, wheels to fetch, backends to run, files of its own. */
import { spawn, type ChildProcess } from "node:child_process";
import type { Uv } from "../../src/python/uv/uv.ts";
import { cleanEnvironment, command } from "./cli.ts";
import { makeSdist } from "./make-sdist.ts";
import { makeWheel } from "./make-wheel.ts";
import type { IndexFile } from "./package-index-state.ts";
import type { PackageIndex } from "./package-index.ts";
import { packageWorld, touchdownfile } from "./package-world.ts";
import type { PackageWorld } from "./package-world.ts";

/** A build backend that needs nothing, and takes its time. */
const backend = `
import os, time, zipfile
def build_wheel(directory, config_settings=None, metadata_directory=None):
    time.sleep(0.4)
    name = os.path.basename(os.getcwd()).split("-")[0]
    name = name if name == "only_sdist" else "svc"
    path = f"{name}-1.0-py3-none-any.whl"
    info = f"{name}-1.0.dist-info"
    with zipfile.ZipFile(os.path.join(directory, path), "w", zipfile.ZIP_DEFLATED) as wheel:
        names = [n for n in os.listdir(".") if n.endswith(".py") and n != "backend.py"]
        for n in names:
            wheel.write(n)
        wheel.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\\nName: {name}\\nVersion: 1.0\\n")
        wheel.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\\nGenerator: test\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n")
        lines = [f"{n},," for n in names] + [f"{info}/METADATA,,", f"{info}/WHEEL,,", f"{info}/RECORD,,"]
        wheel.writestr(f"{info}/RECORD", "\\n".join(lines) + "\\n")
    return path
`;
const buildSystem =
  '[build-system]\nrequires = []\nbuild-backend = "backend"\nbackend-path = ["."]\n';

export const bigWheel = makeWheel(
  {
    "big/__init__.py": "",
    "big/noise.bin": noise(700_000),
    "big/text.txt": "text\n".repeat(9_000),
  },
  { name: "big", requires: ["base"] },
);

export const thoroughFiles: readonly IndexFile[] = [
  bigWheel,
  makeWheel({ "base/__init__.py": "x = 1\n" }, { name: "base" }),
  makeSdist(
    {
      "backend.py": backend,
      "pyproject.toml": `[project]\nname = "only_sdist"\nversion = "1.0"\n${buildSystem}`,
      "only.py": "only = 1\n",
      "PKG-INFO": "Metadata-Version: 2.2\nName: only_sdist\nVersion: 1.0\n",
    },
    { name: "only_sdist" },
  ),
];

const projectFiles = {
  "Touchdownfile.ts": touchdownfile(`workspace.addPythonPackage({
    name: "api",
    runtime: "python3.11",
    project: "svc",
    sources: ["app.py", "more"],
    files: { "settings.json": serializers.json({ a: 1 }) },
  });`),
  "svc/pyproject.toml": `[project]\nname = "svc"\nversion = "1.0"\nrequires-python = ">=3.9"\ndependencies = ["big", "only_sdist"]\n${buildSystem}`,
  "svc/backend.py": backend,
  "svc/svc.py": "svc = 1\n",
  "app.py": "import svc, big, only\n",
  "more/data.txt": "data\n".repeat(20_000),
};

export interface ThoroughOptions {
  readonly index: PackageIndex;
  readonly uv: Uv;
  readonly cache?: string;
  readonly name?: string;
  readonly env?: Readonly<Record<string, string>>;
}

export async function thoroughWorld(options: ThoroughOptions): Promise<PackageWorld> {
  const world = await packageWorld(options);
  await world.write(projectFiles);
  return world;
}

export interface Running {
  readonly child: ChildProcess;
  /** Everything it says on stderr. */
  readonly said: () => string;
  readonly ended: Promise<{ readonly exitCode: number | undefined; readonly stderr: string }>;
}

/** `touchdown build` in a process group of its own, as a shell starts it. */
export function startBuild({ folder, env }: PackageWorld, ...words: string[]): Running {
  const child = spawn(process.execPath, [command, "build", ...words], {
    cwd: folder,
    env: { ...cleanEnvironment(), ...env },
    stdio: ["ignore", "ignore", "pipe"],
    detached: true,
  });
  let stderr = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
  const ended = new Promise<{ exitCode: number | undefined; stderr: string }>((done, fail) => {
    child.on("error", fail);
    child.on("close", (code) => done({ exitCode: code ?? undefined, stderr }));
  });
  return { child, said: () => stderr, ended };
}

/** Bytes that can't be compressed, the same each time. */
function noise(length: number): Buffer {
  const bytes = Buffer.alloc(length);
  let state = 1;
  for (let at = 0; at < length; at += 1) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    bytes[at] = state >>> 24;
  }
  return bytes;
}
