import { describe, expect, test } from "vitest";
import { isPure, normalizeName, parseWheelName } from "./wheel-name.ts";

describe("what is no wheel's name", () => {
  const bad: readonly (readonly [string, RegExp])[] = [
    ["", /does not end with \.whl/u],
    ["six-1.16.0.tar.gz", /does not end with \.whl/u],
    ["six-1.16.0-py3-none-any.WHL", /does not end with \.whl/u],
    ["six.whl", /has 1 parts/u],
    ["six-1.16.0-py3-none.whl", /has 4 parts/u],
    ["six-1.16.0-1-2-py3-none-any.whl", /has 7 parts/u],
    ["-1.16.0-py3-none-any.whl", /"" is no distribution's name/u],
    ["a__b-1.0-py3-none-any.whl", /"a__b" is no distribution's name/u],
    ["../six-1.16.0-py3-none-any.whl", /"..\/six" is no distribution's name/u],
    ["a b-1.0-py3-none-any.whl", /"a b" is no distribution's name/u],
    ["six--py3-none-any.whl", /"" is no version/u],
    ["six-one-py3-none-any.whl", /"one" is no version/u],
    ["six-1/0-py3-none-any.whl", /"1\/0" is no version/u],
    ["six-1.0-x1-py3-none-any.whl", /build number/u],
    ["six-1.0--py3-none-any.whl", /build number/u],
    ["six-1.0-py2..py3-none-any.whl", /unreadable tag/u],
    ["six-1.0-3-none-any.whl", /unreadable tag/u],
    ["six-1.0-py3--any.whl", /unreadable tag/u],
    ["six-1.0-py3-none-.whl", /unreadable tag/u],
    ["six-1.0-py3-none-any.whl\n", /does not end with \.whl/u],
  ];
  for (const [name, message] of bad) {
    test(JSON.stringify(name), () => {
      expect(() => parseWheelName(name)).toThrow(
        expect.objectContaining({ code: "WHEEL_NAME", message: expect.stringMatching(message) }),
      );
    });
  }
});

test("a compressed tag set is taken apart", () => {
  const wheel = "Ruamel.YAML-0.18-1b-py2.py3-none-any.whl";
  expect(parseWheelName(wheel)).toEqual({
    name: "ruamel-yaml",
    version: "0.18",
    build: { number: 1, rest: "b" },
    tags: ["py2-none-any", "py3-none-any"],
  });
});

test("tags are lower case, and version and name stay apart", () => {
  expect(parseWheelName("zope_x-2!1.0+local_1-CP39-abi3-Linux_X86_64.whl")).toEqual({
    name: "zope-x",
    version: "2!1.0+local_1",
    tags: ["cp39-abi3-linux_x86_64"],
  });
});

test("pure is what runs on any machine under any Python 3 it names", () => {
  const pure = (name: string): boolean => isPure(parseWheelName(name));
  expect(pure("six-1.16.0-py2.py3-none-any.whl")).toBe(true);
  expect(pure("six-1.16.0-py39-none-any.whl")).toBe(true);
  expect(pure("six-1.16.0-py2-none-any.whl")).toBe(false);
  expect(pure("six-1.16.0-py3-none-manylinux_2_17_x86_64.whl")).toBe(false);
  expect(pure("six-1.16.0-cp39-abi3-linux_x86_64.whl")).toBe(false);
});

test("a distribution has one name however it is written", () => {
  for (const name of ["Foo-Bar", "foo.bar", "FOO__bar", "foo-_.bar"]) {
    expect(normalizeName(name)).toBe("foo-bar");
  }
});
