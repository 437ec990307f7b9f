import { expect, test } from "vitest";
import { parseRequirement } from "./requirement.ts";

const read = (text: string) => parseRequirement(text, { place: "requirements.txt:3" });

test("name, extras, specifiers, marker", () => {
  expect(read('Ruamel.YAML [Socks,a_b] >=2.8, !=2.8.*,<3; python_version < "3.11"')).toEqual({
    name: "ruamel-yaml",
    extras: ["a-b", "socks"],
    specifiers: [
      { operator: ">=", version: "2.8" },
      { operator: "!=", version: "2.8.*" },
      { operator: "<", version: "3" },
    ],
    marker: {
      kind: "compare",
      variable: "python_version",
      operator: "<",
      value: "3.11",
      variableFirst: true,
    },
  });
});

test("a url ends at the first space", () => {
  const text = "pip @ git+https://index.invalid/pip;x@main#subdirectory=src ; os_name == 'posix'";
  expect(read(text)).toMatchObject({
    name: "pip",
    url: "git+https://index.invalid/pip;x@main#subdirectory=src",
    marker: { variable: "os_name" },
  });
});

test.each([
  ["", "expected a package's name instead of its end at column 1"],
  ["./local", 'expected a package\'s name instead of "./local" at column 1'],
  ["six==", 'expected `,`, `;` or the end instead of "==" at column 4'],
  ["six>=1.*", 'expected `,`, `;` or the end instead of ".*" at column 7'],
  ["six 1.0", 'expected `,`, `;` or the end instead of "1.0" at column 5'],
  ["six[a b]", 'expected `,` or `]` instead of "b]" at column 7'],
  ["six (>1", "expected `)` instead of its end at column 8"],
  ["six @", "expected a url instead of its end at column 6"],
  ["six; os_name == 'a' os", 'expected `and`, `or` or the end instead of "os" at column 21'],
])("%j is refused: %s", (text, problem) => {
  expect(() => read(text)).toThrow(
    expect.objectContaining({
      code: "REQUIREMENT",
      message: `requirements.txt:3: ${JSON.stringify(text)} is not a requirement: ${problem}`,
    }),
  );
});
