import type { MarkerEnvironment } from "./evaluate-marker.ts";
import { factsOf, type PythonRuntime, type Target } from "./targets.ts";

/**
 * The patch that every Lambda function of a runtime has at least reached. AWS moves functions on by itself, never back, so
 * a marker such as `python_full_version < "3.11.3"` is settled. Raising one changes what locks select, and so is a
 * change of touchdown's.
 */
const patches: Readonly<Record<PythonRuntime, number>> = {
  "python3.9": 25,
  "python3.10": 19,
  "python3.11": 14,
  "python3.12": 12,
  "python3.13": 9,
  "python3.14": 0,
};

/** The exact Python a target is taken to have, such as `3.12.12`. */
export function pythonFullVersion({ runtime }: Pick<Target, "runtime">): string {
  return `${runtime.slice("python".length)}.${patches[runtime]}`;
}

/**
 * What markers are evaluated with for a target. `platform_release` and `platform_version` are the kernel's, which is
 * AWS's affair: they are not known.
 *
 * @source PyPA “Dependency specifiers”, table of environment markers
 */
export function markerEnvironment(target: Target): MarkerEnvironment {
  const full = pythonFullVersion(target);
  return {
    os_name: "posix",
    sys_platform: "linux",
    platform_system: "Linux",
    platform_machine: factsOf(target).machine,
    platform_python_implementation: "CPython",
    implementation_name: "cpython",
    implementation_version: full,
    python_version: target.runtime.slice("python".length),
    python_full_version: full,
  };
}
