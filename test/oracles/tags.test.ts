import { createHash } from "node:crypto";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { TouchdownError } from "../../src/errors.ts";
import { tagsOf } from "../../src/python/wheel/tags.ts";
import { architectures, pythonRuntimes } from "../../src/python/wheel/targets.ts";
import { parseWheelName } from "../../src/python/wheel/wheel-name.ts";
import { askOracle } from "../support/oracle-python.ts";

const script = (name: string): string => join(import.meta.dirname, name);

describe("tags, as PyPA's packaging ranks them", async () => {
  const oracle = (await askOracle(script("tags.py"))) as Record<string, string[]>;

  test("the committed table is true (vitest -u writes it)", async () => {
    const table = Object.fromEntries(
      Object.entries(oracle).map(([target, tags]) => [
        target,
        {
          tags: tags.length,
          sha256: createHash("sha256").update(tags.join("\n")).digest("hex"),
        },
      ]),
    );
    const text = `${JSON.stringify(table, undefined, 2)}\n`;
    await expect(text).toMatchFileSnapshot("../fixtures/tags/packaging-26.3.json");
  });

  for (const runtime of pythonRuntimes) {
    for (const architecture of architectures) {
      test(`${runtime} ${architecture}`, () => {
        expect(tagsOf({ runtime, architecture })).toEqual(oracle[`${runtime} ${architecture}`]);
      });
    }
  }
});

test("5,000 generated wheel names say what PyPA's packaging reads in them", async () => {
  const names = fc.sample(wheelNames(), { numRuns: 5_000, seed: 20_260_801 });
  const oracle = await askOracle(script("wheel_names.py"), { input: names });
  expect(names.map(said)).toEqual(oracle);
});

function said(fileName: string): unknown {
  try {
    const { name, build, tags } = parseWheelName(fileName);
    const parts = build === undefined ? [] : [build.number, build.rest];
    return { name, build: parts, tags: [...new Set(tags)].toSorted() };
  } catch (error) {
    if (error instanceof TouchdownError && error.code === "WHEEL_NAME") return "refused";
    throw error;
  }
}

function wheelNames(): fc.Arbitrary<string> {
  const set = (...members: string[]): fc.Arbitrary<string> =>
    fc
      .array(fc.constantFrom(...members), { minLength: 1, maxLength: 3 })
      .map((each) => each.join("."));
  return fc
    .tuple(
      fc.constantFrom("six", "Ruamel.YAML", "zope_interface", "a__b", "_a", "a.", "é", "a b", ""),
      fc.constantFrom("1", "1.0", "2!1.0rc1.post2.dev3", "1.0+local_1", "v1.0", ""),
      fc.constantFrom("", "-1", "-0", "-007local", "-1_x", "-x", "-"),
      set("py2", "py3", "cp311", "CP39", "3", ""),
      set("none", "cp311", "abi3", ""),
      set("any", "manylinux_2_17_x86_64", "Linux_X86_64", "macosx_10_9_universal2", ""),
      fc.constantFrom(".whl", ".whl", ".whl", ".zip", "", "-x.whl"),
    )
    .map(([name, version, build, python, abi, platform, end]) =>
      [name, `${version}${build}`, python, abi, `${platform}${end}`].join("-"),
    );
}
