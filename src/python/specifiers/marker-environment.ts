import type { MarkerEnvironment } from "./evaluate-marker.ts";
import { factsOf, type PythonRuntime, type Target } from "../wheel/targets.ts";

/**
 * The patch that a Lambda function of a runtime is taken to have reached. AWS moves functions on by itself, never back, so
 * a marker such as `python_full_version < "3.11.3"` is settled; which patch each region has at a moment AWS does not
 * publish. These are a bound from below: the releases of October 2025, the newest when Lambda got python3.14. By August
 * 2026 python.org had 3.10.21, 3.11.16, 3.12.14, 3.13.15 and 3.14.7; 3.9.25 is the last of its line. Raising one changes
 * what locks select, and so is a change of touchdown's.
 *
 * @source PEP 596, 619, 664, 693, 719 and 745 for the releases; AWS Lambda developer guide, “Understanding how Lambda
 *   manages runtime version updates”
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
 * @param onPatch  told of each decision that a later patch would change, in a sentence
 * @source PyPA “Dependency specifiers”, table of environment markers
 */
export function markerEnvironment(
  target: Target,
  onPatch?: (doubt: string) => void,
): MarkerEnvironment {
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
    ...(onPatch === undefined ? {} : { onPatch }),
  };
}
