import { describe, expect, test } from "vitest";
import { refuseUnsupported } from "./refuse-unsupported.ts";

const here = { python: "3.11", platform: "linux" };

function refusal(runtime: string | undefined, entries: string[], local = here): string {
  try {
    refuseUnsupported(runtime, entries, local);
  } catch (error) {
    return `${(error as { code: string }).code}: ${(error as Error).message}`;
  }
  return "runs";
}

describe("what AWS on this machine can run", () => {
  test.each(["python3.9", "python3.13", "nodejs20.x", "nodejs22.x", "provided.al2023"])(
    "%s runs",
    (runtime) => expect(refusal(runtime, ["main.py", "main.mjs"])).toBe("runs"),
  );

  test.each(["java21", "dotnet8", "ruby3.3", "go1.x"])("%s is refused by name", (runtime) =>
    expect(refusal(runtime, [])).toBe(`LOCAL_RUNTIME: AWS on this machine cannot run ${runtime}`),
  );

  test("a container image is refused", () => {
    expect(refusal(undefined, [])).toBe(
      "LOCAL_RUNTIME: AWS on this machine cannot run a container image",
    );
  });

  test("a bootstrap for Linux is refused elsewhere", () => {
    expect(refusal("provided.al2023", ["bootstrap"], { ...here, platform: "darwin" })).toBe(
      "LOCAL_RUNTIME: AWS on this machine cannot run provided.al2023",
    );
  });
});

describe("native modules", () => {
  test.each([
    "pure.py",
    "yaml/_yaml.cpython-311-x86_64-linux-gnu.so",
    "cryptography/_rust.abi3.so",
    "numpy.libs/libopenblas.so.0",
    "plain.so",
    "notes/cpython-313.txt",
  ])("%s is accepted by Python 3.11", (path) => expect(refusal("python3.13", [path])).toBe("runs"));

  test("one for another Python is refused, with its path and both versions", () => {
    const path = "python/yaml/_yaml.cpython-313-x86_64-linux-gnu.so";
    expect(refusal("python3.13", ["main.py", path])).toBe(
      `LOCAL_RUNTIME: AWS on this machine runs functions with Python 3.11; ${path} is for Python 3.13`,
    );
  });

  test("one for a free-threaded Python's minor is read like the others", () => {
    expect(refusal("python3.13", ["_x.cpython-313t-x86_64-linux-gnu.so"])).toContain("Python 3.13");
  });

  test("one for Linux is refused on a Mac", () => {
    const path = "_x.cpython-311-aarch64-linux-gnu.so";
    expect(refusal("python3.11", [path], { ...here, platform: "darwin" })).toBe(
      `LOCAL_RUNTIME: AWS on this machine runs functions on darwin; ${path} is for linux`,
    );
  });

  test("one for Windows is refused on Linux", () => {
    expect(refusal("python3.11", ["_x.cp311-win_amd64.pyd"])).toContain("is for win32");
  });

  test("a Node.js function may carry them: nothing imports them", () => {
    expect(refusal("nodejs22.x", ["_x.cpython-313-x86_64-linux-gnu.so"])).toBe("runs");
  });
});
