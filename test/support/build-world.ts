import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { chmod, mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { BackendLock } from "../../src/python/locking/lock-table.ts";
import type { BuildProjectOptions } from "../../src/python/build/project-wheel.ts";
import type { Target } from "../../src/python/wheel/targets.ts";
import type { Uv } from "../../src/python/uv/uv.ts";
import { openStore } from "../../src/store/store.ts";

/** Write files below a folder; a text that begins with `#!` can be run. */
export async function writeTree(
  folder: string,
  files: Readonly<Record<string, string | Uint8Array>>,
): Promise<void> {
  for (const [name, contents] of Object.entries(files)) {
    const path = join(folder, name);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, contents);
    if (typeof contents === "string" && contents.startsWith("#!")) await chmod(path, 0o755);
  }
}

/** What a build is given; `runs` counts the backends that ran. */
export async function buildWorld(
  storeFolder: string,
  uv: Uv,
  options: { readonly backends?: readonly BackendLock[]; readonly target?: Target } = {},
): Promise<BuildProjectOptions & { readonly runs: () => number }> {
  let runs = 0;
  return {
    store: await openStore(storeFolder),
    target: options.target ?? { runtime: "python3.11", architecture: "x86_64" },
    folder: storeFolder,
    backends: options.backends ?? [],
    uv: () => {
      runs += 1;
      return Promise.resolve(uv);
    },
    hasher: { hashOf: (file) => createHash("sha256").update(readFileSync(file)).digest("hex") },
    runs: () => runs,
  };
}

/** A build backend of a few lines, to be put into a project: needs nothing, and notes when and how it is run. */
export const tinyBackend = {
  "pyproject.toml": `\
[project]
name = "tiny"
version = "1.0"
[build-system]
requires = []
build-backend = "tiny_backend"
backend-path = ["backend"]
`,
  "backend/tiny_backend.py": `\
import os, sys, time, zipfile

def build_wheel(folder, config_settings=None, metadata_directory=None):
    tag = os.environ.get("TINY_TAG", "py3-none-any")
    name = "tiny-1.0-" + tag + ".whl"
    info = "tiny-1.0.dist-info/"
    entries = {info + "METADATA": "Metadata-Version: 2.1\\nName: tiny\\nVersion: 1.0\\n",
               info + "WHEEL": "Wheel-Version: 1.0\\nGenerator: tiny\\nRoot-Is-Purelib: true\\nTag: " + tag + "\\n",
               info + "RECORD": "tiny/gone.py,sha256=x,1\\n"}
    for place, _, names in os.walk("."):
        for one in names:
            path = os.path.join(place, one)[2:]
            if not path.startswith("backend"):
                entries["tiny/" + path] = open(path, "rb").read()
    seen = ["SOURCE_DATE_EPOCH", "PYTHONHASHSEED", "TZ", "LC_ALL", "PYTHONPATH"]
    entries["tiny/environment"] = "".join("%s=%s\\n" % (one, os.environ.get(one)) for one in seen)
    entries["tiny/umask"] = oct(os.umask(0))
    if os.path.exists("fail"):
        print("the backend says why")
        sys.exit(3)
    with zipfile.ZipFile(os.path.join(folder, name), "w") as wheel:
        for path, text in entries.items():
            wheel.writestr(zipfile.ZipInfo(path, time.localtime()[:6]), text)
    return name
`,
} as const;
