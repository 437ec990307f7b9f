import { expect, test } from "vitest";
import { evaluateMarker, type MarkerEnvironment } from "./evaluate-marker.ts";
import { parseMarker } from "./marker.ts";
import { markerEnvironment } from "./marker-environment.ts";

const target = { runtime: "python3.12", architecture: "arm64" } as const;
const place = { place: "lock.toml: six.marker" };

function isTrue(text: string, more: MarkerEnvironment = {}): boolean {
  return evaluateMarker(parseMarker(text, place), { ...markerEnvironment(target), ...more }, place);
}

test.each([
  ["sys_platform == 'linux' and os_name == 'posix' and platform_system == 'Linux'", true],
  ["platform_machine == 'aarch64'", true],
  ["platform_python_implementation == 'CPython' and implementation_name == 'cpython'", true],
  ["python_version < '3.9'", false],
  ["python_version >= '3.9' and python_full_version >= '3.12.1'", true],
  ["'3.13' > python_version", true],
  ["python_version == '3.*'", true],
  ["sys_platform == 'win32' or sys_platform == 'linux' and python_version == '3.12'", true],
  ["(sys_platform == 'win32' or sys_platform == 'linux') and python_version == '3.11'", false],
])("for python3.12 on arm64: %s is %s", (text, answer) => {
  expect(isTrue(text)).toBe(answer);
});

test("the sets of PEP 751, and one set for the variable extra", () => {
  const more = { extras: new Set(["Sock_s"]), dependency_groups: new Set<string>() };
  expect(isTrue("'sock-s' in extras and 'dev' not in dependency_groups", more)).toBe(true);
  const both = { extra: new Set(["cpu", "test"]) };
  expect(isTrue("extra == 'cpu' and extra == 'test' and extra != 'gpu'", both)).toBe(true);
});

test.each([
  [
    "python_full_version >= '3.12.99'",
    "is false for Python 3.12.12",
    "for 3.12.99 it would be true",
  ],
  [
    "python_full_version < '3.12.99'",
    "is true for Python 3.12.12",
    "for 3.12.99 it would be false",
  ],
  ["'3.12.99' < python_full_version", "is false", "for 3.12.100 it would be true"],
  ["implementation_version == '3.12.99'", "is false", "for 3.12.99 it would be true"],
])("where a later patch of Python would decide otherwise, that is told: %s", (text, now, later) => {
  const doubts: string[] = [];
  const environment = markerEnvironment(target, (doubt) => void doubts.push(doubt));
  evaluateMarker(parseMarker(text, place), environment, place);
  expect(doubts).toEqual([expect.stringContaining(`${place.place} ${now}`)]);
  expect(doubts[0]).toContain(later);
});

test.each([
  "python_full_version >= '3.12.4'",
  "python_full_version < '3.13.99'",
  "python_full_version >= '3.12.99' and sys_platform == 'win32'",
  "python_full_version >= '3.12.99' or python_version == '3.12'",
])("where none would, nothing is told: %s", (text) => {
  const environment = markerEnvironment(target, (doubt) => expect.fail(doubt));
  evaluateMarker(parseMarker(text, place), environment, place);
});

test("what the kernel says is not known, and matters only where the answer depends on it", () => {
  expect(isTrue("sys_platform == 'darwin' and platform_release >= '20.0'")).toBe(false);
  expect(isTrue("sys_platform == 'linux' or platform_release >= '20.0'")).toBe(true);
  expect(() => isTrue("sys_platform == 'linux' and platform_release >= '20.0'")).toThrow(
    expect.objectContaining({
      code: "MARKER",
      message:
        "lock.toml: six.marker: the marker depends on platform_release, which is not known for a Lambda function",
    }),
  );
});

test.each([
  [
    "python_version",
    "expected an operator such as `==`, `<` or `in` instead of its end at column 15",
  ],
  [
    "python_version = '3'",
    "expected an operator such as `==`, `<` or `in` instead of \"= '3'\" at column 16",
  ],
  ["(os_name == 'a'", "expected `)` instead of its end at column 16"],
  [
    "os_name == 'a' && os_name == 'b'",
    "expected `and`, `or` or the end instead of \"&& os_name == 'b'\" at column 16",
  ],
  [
    "os_nam == 'a'",
    "expected a marker variable or a quoted text instead of \"os_nam == 'a'\" at column 1",
  ],
  [
    "'a' == 'b'",
    "expected a variable compared with a quoted text instead of \"'a' == 'b'\" at column 1",
  ],
  ["", "expected a marker variable or a quoted text instead of its end at column 1"],
])("%s is refused: %s", (text, problem) => {
  expect(() => isTrue(text)).toThrow(
    expect.objectContaining({
      code: "MARKER",
      message: `lock.toml: six.marker: ${JSON.stringify(text)} is not an environment marker: ${problem}`,
    }),
  );
});

test.each(["os_name ~= 'a'", "extras == 'a'", "'a' == extras", "extras in 'a'"])(
  "%s compares what can't be compared",
  (text) => {
    expect(() => isTrue(text, { extras: new Set() })).toThrow(
      expect.objectContaining({ code: "MARKER" }),
    );
  },
);
