import { expect, test } from "vitest";
import type { PackageWant } from "./package-schema.ts";
import { refuseUnfit } from "./projects-fit.ts";
import type { WheelContents } from "./wheel/wheel-contents.ts";

const wheel = (name: string, more: Partial<WheelContents> = {}): WheelContents => ({
  sha256: "",
  name,
  version: "1.0",
  requires: [],
  entries: [],
  elf: [],
  pathFiles: [],
  ...more,
});

interface Case {
  readonly requires?: readonly string[];
  readonly requiresPython?: string;
  readonly want?: Partial<PackageWant>;
  readonly kept?: "here" | "elsewhere";
}

/** What is said of a project that goes in beside two others, from a lock. */
function saidOf({ requires = [], want = {}, kept = "elsewhere", ...more }: Case): string {
  const wheels = [
    { contents: wheel("api", { requires, ...more }), project: "/repo/svc" },
    { contents: wheel("beside", { requires: ["beside-lacks"] }) },
    { contents: wheel("shared-lib"), project: "/repo/lib" },
  ];
  const lock = { state: "current", path: "/repo/uv.lock", sha256: "", kept } as const;
  const package_ = {
    part: "whole",
    runtime: "python3.12",
    architecture: "x86_64",
    project: "./svc/",
    extras: [],
    withoutPackages: [],
    ...want,
  } as unknown as PackageWant;
  try {
    refuseUnfit(wheels, { want: package_, lock, folder: "/repo" });
    return "fits";
  } catch (error) {
    const { code, message, hint } = error as { code: string; message: string; hint?: string };
    return `${code} | ${message} | ${hint}`;
  }
}

test("what a project needs and its lock does not have is named, with the way out", () => {
  expect(saidOf({ requires: ["Shared_Lib>=1", "beside"] })).toBe("fits");
  expect(saidOf({ requires: ["shared-lib", "Packaging>=20"] })).toBe(
    'LOCK_STALE | the lock uv.lock is stale: api 1.0 needs packaging, which it does not have | lock again with the tool that wrote it; if it is left out on purpose, say withoutPackages: ["packaging"]',
  );
  expect(saidOf({ requires: ["packaging"], kept: "here" })).toContain(
    "run touchdown lock --upgrade",
  );
});

test("only what counts for the target, the extras and the part is needed", () => {
  const requires = ["six; python_version < '3'", "win; sys_platform == 'win32'"];
  expect(saidOf({ requires })).toBe("fits");
  expect(saidOf({ requires: ["fast; extra == 'speed'"] })).toBe("fits");
  const want = { extras: ["speed"] };
  expect(saidOf({ requires: ["fast; extra == 'speed'"], want })).toContain("needs fast");
  expect(saidOf({ requires: ["boto3"], want: { withoutPackages: ["Boto3"] } })).toBe("fits");
  expect(saidOf({ requires: ["boto3"], want: { part: "code" } })).toBe("fits");
});

test("a project for another Python is refused", () => {
  expect(saidOf({ requiresPython: ">=3.9" })).toBe("fits");
  for (const requiresPython of [">=3.13", ">=3.8,<3.12"])
    expect(saidOf({ requiresPython })).toContain(
      `LOCK_PYTHON | requires-python of api 1.0 is "${requiresPython}", and the function runs on python3.12`,
    );
});
