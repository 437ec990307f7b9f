/** The Pythons that AWS Lambda runs, and what their machines are made of. */

/** @source Lambda developer guide, "Lambda runtimes" */
export const pythonRuntimes = [
  "python3.9",
  "python3.10",
  "python3.11",
  "python3.12",
  "python3.13",
  "python3.14",
] as const;
export type PythonRuntime = (typeof pythonRuntimes)[number];

export const architectures = ["x86_64", "arm64"] as const;
export type Architecture = (typeof architectures)[number];

/** What a zip is built for; never the machine that builds it. */
export interface Target {
  readonly runtime: PythonRuntime;
  readonly architecture: Architecture;
}

export interface TargetFacts {
  /** 13 of Python 3.13. */
  readonly minor: number;
  /** The newest that a binary may need. */
  readonly glibc: { readonly major: 2; readonly minor: 26 | 34 };
  /** As the kernel, wheel tags and file names of extension modules call it. */
  readonly machine: "x86_64" | "aarch64";
}

/**
 * Up to Python 3.11 Lambda's machines are Amazon Linux 2, from 3.12 on Amazon Linux 2023.
 *
 * @source amazonlinux/amazon-linux-2023 issue 592 and its package list: glibc 2.26 and 2.34
 */
export function factsOf(target: Target): TargetFacts {
  const minor = Number(target.runtime.slice("python3.".length));
  return {
    minor,
    glibc: { major: 2, minor: minor <= 11 ? 26 : 34 },
    machine: target.architecture === "arm64" ? "aarch64" : "x86_64",
  };
}

/** The target of what has one among other things. */
export function targetOf({ runtime, architecture }: Target): Target {
  return { runtime, architecture };
}

/** For messages: `python3.13 (arm64)`. */
export function targetText(target: Target): string {
  return `${target.runtime} (${target.architecture})`;
}
