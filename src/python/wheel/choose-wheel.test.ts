import { describe, expect, test } from "vitest";
import { bestWheel, chooseWheel } from "./choose-wheel.ts";
import type { Target } from "./targets.ts";

const x311: Target = { runtime: "python3.11", architecture: "x86_64" };
const arm313: Target = { runtime: "python3.13", architecture: "arm64" };

function best(target: Target, ...names: string[]): string | undefined {
  const forwards = bestWheel(
    names.map((name) => ({ name })),
    target,
  )?.name;
  const backwards = bestWheel(
    names.toReversed().map((name) => ({ name })),
    target,
  )?.name;
  expect(backwards).toBe(forwards);
  return forwards;
}

describe("the best wheel, whatever order they come in", () => {
  test("its own Python's before the stable ABI's, an extension before pure Python", () => {
    const [own, stable, pure] = [
      "a-1-cp311-cp311-manylinux_2_17_x86_64.manylinux2014_x86_64.whl",
      "a-1-cp39-abi3-manylinux_2_17_x86_64.whl",
      "a-1-py3-none-any.whl",
    ] as const;
    expect(best(x311, pure, own, stable)).toBe(own);
    expect(best(x311, pure, stable)).toBe(stable);
    expect(best(arm313, pure, own, stable)).toBe(pure);
  });

  test("the newest glibc that the target has, and none that it has not", () => {
    const [old, fits, newer] = [5, 26, 28].map(
      (minor) => `a-1-cp311-cp311-manylinux_2_${minor}_x86_64.whl`,
    ) as [string, string, string];
    expect(best(x311, newer, old, fits)).toBe(fits);
    expect(best(x311, newer, old)).toBe(old);
    expect(best(x311, newer)).toBeUndefined();
  });

  test("no other system's, Python's, musl's or free-threaded wheel", () => {
    expect(
      best(
        x311,
        "a-1-cp311-cp311-musllinux_1_2_x86_64.whl",
        "a-1-cp311-cp311-macosx_11_0_arm64.whl",
        "a-1-cp311-cp311-win_amd64.whl",
        "a-1-cp310-cp310-manylinux_2_17_x86_64.whl",
        "a-1-cp312-abi3-manylinux_2_17_x86_64.whl",
        "a-1-cp313-cp313t-manylinux_2_17_x86_64.whl",
        "a-1-pp310-pypy310_pp73-manylinux_2_17_x86_64.whl",
        "a-1-py2-none-any.whl",
      ),
    ).toBeUndefined();
  });

  test("of the same tags, the highest build number: 10 is more than 9, and any more than none", () => {
    const names = ["a-1-py3-none-any.whl", "a-1-9-py3-none-any.whl", "a-1-10-py3-none-any.whl"];
    expect(best(x311, ...names)).toBe("a-1-10-py3-none-any.whl");
    expect(best(x311, "a-1-10-py3-none-any.whl", "a-1-10b-py3-none-any.whl")).toBe(
      "a-1-10b-py3-none-any.whl",
    );
  });

  test("names that are no wheel's are passed over", () => {
    expect(best(x311, "a-1.win32.exe", "a-1.whl", "a-1-py3-none-any.whl")).toBe(
      "a-1-py3-none-any.whl",
    );
    expect(best(x311)).toBeUndefined();
  });
});

describe("WHEEL_NONE", () => {
  const release = {
    name: "numpy",
    version: "2.4.0",
    wheels: [
      { name: "numpy-2.4.0-cp311-cp311-manylinux_2_27_x86_64.manylinux_2_28_x86_64.whl" },
      { name: "numpy-2.4.0-cp312-cp312-manylinux_2_27_x86_64.manylinux_2_28_x86_64.whl" },
      { name: "numpy-2.4.0-cp311-cp311-macosx_11_0_arm64.whl" },
    ],
  };

  test("says what the target takes, what the release has, and the way out", async () => {
    const newestFitting = (): Promise<string> => Promise.resolve("2.2.6");
    await expect(chooseWheel(release, x311, { newestFitting })).rejects.toMatchObject({
      code: "WHEEL_NONE",
      message:
        "no wheel of numpy 2.4.0 runs on python3.11 (x86_64): it has cp311-cp311-manylinux_2_27_x86_64, cp311-cp311-manylinux_2_28_x86_64, cp312-cp312-manylinux_2_27_x86_64, cp312-cp312-manylinux_2_28_x86_64, cp311-cp311-macosx_11_0_arm64",
      hint: [
        "python3.11 (x86_64) takes py3-none-any, cp311-cp311 and abi3 of cp311 or older, for manylinux_2_26_x86_64 or older",
        "the newest release that fits is numpy 2.2.6",
        "this one has wheels for python3.12",
      ].join("\n"),
    });
  });

  test("without a version, without wheels, without anything newer", async () => {
    const bare = { name: "gone", wheels: [] as { name: string }[] };
    await expect(chooseWheel(bare, arm313)).rejects.toMatchObject({
      message: "no wheel of gone runs on python3.13 (arm64): it has no wheels",
      hint: "python3.13 (arm64) takes py3-none-any, cp313-cp313 and abi3 of cp313 or older, for manylinux_2_34_aarch64 or older",
    });
  });

  test("a hundred tags are not all listed, and nothing is asked where something fits", async () => {
    const wheels = Array.from({ length: 100 }, (_, index) => ({
      name: `a-1-cp2${index}-none-any.whl`,
    }));
    await expect(chooseWheel({ name: "a", wheels }, x311)).rejects.toThrow(/, and 88 more$/u);
    const newestFitting = (): Promise<string> => Promise.reject(new Error("asked"));
    const pure = { name: "a-1-py3-none-any.whl" };
    await expect(
      chooseWheel({ name: "a", wheels: [...wheels, pure] }, x311, { newestFitting }),
    ).resolves.toBe(pure);
  });
});
