import { TouchdownError } from "../errors.ts";

export type LocalRuntime = {
  /** The minor version that the embedded AWS runs functions with, for example `3.11`. */
  readonly python: string;
  /** Of this machine, as Node names it; default: this machine's. */
  readonly platform?: string;
};

/**
 * Refuse, before it is invoked, a function that the embedded AWS cannot run: it would answer with an invented result
 * (ministack does for Java, .NET and Ruby), or with an import error that says nothing of the reason.
 *
 * @param runtime  for example `python3.13`; `undefined` for a container image
 * @param entries  the paths in the function's zip and in its layers'
 * @throws LOCAL_RUNTIME
 */
export function refuseUnsupported(
  runtime: string | undefined,
  entries: Iterable<string>,
  local: LocalRuntime,
): void {
  if (runtime === undefined) throw refusal("cannot run a container image");
  const platform = local.platform ?? process.platform;
  if (runtime.startsWith("python")) return refuseNativeModules(entries, local.python, platform);
  if (runtime.startsWith("nodejs")) return;
  // its bootstrap is run as it is, on this machine
  if (runtime.startsWith("provided") && platform === "linux") return;
  throw refusal(`cannot run ${runtime}`);
}

function refuseNativeModules(entries: Iterable<string>, python: string, platform: string): void {
  for (const path of entries) {
    const module = parseNativeModule(path);
    if (module === undefined) continue;
    if (module.python !== undefined && module.python !== python) {
      throw new TouchdownError(
        "LOCAL_RUNTIME",
        `AWS on this machine runs functions with Python ${python}; ${path} is for Python ${module.python}`,
        {
          hint: `run touchdown local stop, then set TOUCHDOWN_PYTHON to a Python ${module.python} and start again`,
        },
      );
    }
    if (module.platform !== platform) {
      throw new TouchdownError(
        "LOCAL_RUNTIME",
        `AWS on this machine runs functions on ${platform}; ${path} is for ${module.platform}`,
        { hint: "invoke it on AWS itself, or on a Linux machine" },
      );
    }
  }
}

type NativeModule = {
  /** Undefined where it is for many (abi3), or where its name does not say. */
  readonly python: string | undefined;
  readonly platform: string;
};

/**
 * Read the name of a Python extension module.
 *
 * @source PEP 3149: `_x.cpython-311-x86_64-linux-gnu.so`; on Windows `_x.cp311-win_amd64.pyd`
 */
function parseNativeModule(path: string): NativeModule | undefined {
  const name = path.slice(path.lastIndexOf("/") + 1);
  const [, tag] = /\.(?:cpython-|cp)(3\d+)t?(?:-[\w-]+)?\.(?:so|pyd)$/.exec(name) ?? [];
  const python = tag === undefined ? undefined : `3.${tag.slice(1)}`;
  if (name.endsWith(".pyd")) return { python, platform: "win32" };
  if (!name.endsWith(".so")) return undefined;
  return { python, platform: name.endsWith("-darwin.so") ? "darwin" : "linux" };
}

function refusal(what: string): TouchdownError {
  return new TouchdownError("LOCAL_RUNTIME", `AWS on this machine ${what}`, {
    hint: "it runs functions in Python and Node.js; invoke this one on AWS itself",
  });
}
