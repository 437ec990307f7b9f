/** Texts as PEP 440 and PEP 508 have them, and as they do not, and what touchdown says of them. */
import fc from "fast-check";
import { TouchdownError } from "../../src/errors.ts";
import {
  evaluateMarker,
  type MarkerEnvironment,
} from "../../src/python/specifiers/evaluate-marker.ts";
import { parseMarker } from "../../src/python/specifiers/marker.ts";
import { parseRequirement } from "../../src/python/specifiers/requirement.ts";
import { parseSpecifier, satisfies } from "../../src/python/specifiers/specifier.ts";
import {
  compareVersions,
  formatVersion,
  parseVersion,
} from "../../src/python/specifiers/version.ts";

export type Environment = Readonly<Record<string, string | readonly string[]>>;

export interface Questions {
  readonly versions: readonly string[];
  readonly orders: readonly (readonly [string, string])[];
  readonly specifiers: readonly (readonly [version: string, specifier: string])[];
  readonly environments: readonly Environment[];
  /** Each with the index of its environment. */
  readonly markers: readonly (readonly [marker: string, environment: number])[];
  readonly requirements: readonly (readonly [requirement: string, environment: number])[];
}

/** In the order of the questions; `refused` where there is no answer. */
export type Answers = Readonly<
  Record<Exclude<keyof Questions, "environments">, readonly unknown[]>
>;

/** `count` questions of each kind, the same for the same seed. */
export function questions(count: number, seed: number): Questions {
  const sample = <Value>(arbitrary: fc.Arbitrary<Value>): Value[] =>
    fc.sample(arbitrary, { numRuns: count, seed });
  const inEnvironment = (texts: readonly string[]): [string, number][] =>
    texts.map((text, index) => [text, index % 16]);
  return {
    environments: fc.sample(environment, { numRuns: 16, seed }),
    versions: sample(fc.oneof(version, mangled(version))),
    orders: sample(fc.tuple(version, version)),
    specifiers: sample(fc.tuple(version, fc.oneof(specifier, mangled(specifier)))),
    markers: inEnvironment(sample(fc.oneof({ weight: 4, arbitrary: marker }, mangled(marker)))),
    requirements: inEnvironment(
      sample(fc.oneof({ weight: 4, arbitrary: requirement }, mangled(requirement))),
    ),
  };
}

export function ourAnswers(asked: Questions): Answers {
  const environments = asked.environments.map(sets);
  return {
    versions: asked.versions.map((text) => {
      const parsed = parseVersion(text);
      return parsed === undefined ? "refused" : formatVersion(parsed);
    }),
    orders: asked.orders.map(([a, b]) => {
      const [left, right] = [parseVersion(a), parseVersion(b)];
      if (left === undefined || right === undefined) return "refused";
      return Math.sign(compareVersions(left, right));
    }),
    specifiers: asked.specifiers.map(([text, clause]) => {
      const parsed = parseSpecifier(clause);
      return parsed === undefined ? "refused" : satisfies(text, [parsed]);
    }),
    markers: asked.markers.map(([text, index]) =>
      unlessRefused(() =>
        evaluateMarker(parseMarker(text, place), environments[index] ?? {}, place),
      ),
    ),
    requirements: asked.requirements.map(([text, index]) =>
      unlessRefused(() => said(text, environments[index] ?? {})),
    ),
  };
}

const place = { place: "generated" };

function said(text: string, environment: MarkerEnvironment): unknown {
  const read = parseRequirement(text, place);
  const { marker: condition } = read;
  return {
    name: read.name,
    extras: read.extras,
    specifiers: [
      ...new Set(read.specifiers.map(({ operator, version: of }) => operator + of)),
    ].toSorted(),
    url: read.url ?? "",
    marker:
      condition === undefined
        ? ""
        : unlessRefused(() => evaluateMarker(condition, environment, place)),
  };
}

function unlessRefused(answer: () => unknown): unknown {
  try {
    return answer();
  } catch (error) {
    if (error instanceof TouchdownError) return "refused";
    throw error;
  }
}

function sets(environment: Environment): MarkerEnvironment {
  const entries = Object.entries(environment).map(([name, value]) => [
    name,
    typeof value === "string" ? value : new Set(value),
  ]);
  return Object.fromEntries(entries) as MarkerEnvironment;
}

const digits = fc.constantFrom("0", "00", "1", "2", "03", "10", "20230101123456789");
const separator = fc.constantFrom("", "", ".", "-", "_");
const maybe = (text: fc.Arbitrary<string>): fc.Arbitrary<string> =>
  fc.oneof({ weight: 2, arbitrary: fc.constant("") }, text);
const joined = (...texts: fc.Arbitrary<string>[]): fc.Arbitrary<string> =>
  fc.tuple(...texts).map((each) => each.join(""));

// often the same, or nothing but "different release" would be asked
const release = fc.oneof(
  fc.constantFrom("1", "1.0", "1.0.0", "1.1"),
  fc.array(digits, { minLength: 1, maxLength: 4 }).map((each) => each.join(".")),
);
const preWord = fc.constantFrom("a", "b", "c", "rc", "alpha", "beta", "pre", "preview", "RC");
const publicPart = joined(
  maybe(fc.constantFrom("v", "0!", "1!")),
  release,
  maybe(joined(separator, preWord, separator, maybe(digits))),
  maybe(
    fc.oneof(
      joined(fc.constant("-"), digits),
      joined(separator, fc.constantFrom("post", "rev", "r", "POST"), separator, maybe(digits)),
    ),
  ),
  maybe(joined(separator, fc.constantFrom("dev", "DEV"), separator, maybe(digits))),
);
const local = fc
  .array(fc.constantFrom("1", "01", "1e5", "0x1", "ubuntu", "CU121", "a"), {
    minLength: 1,
    maxLength: 3,
  })
  .chain((each) => fc.constantFrom(".", "-", "_").map((by) => `+${each.join(by)}`));

const version = joined(publicPart, maybe(local));

const specifier = joined(
  fc.constantFrom("==", "!=", "<=", ">=", "<", ">", "~=", "==="),
  fc.constantFrom("", "", " "),
  fc.oneof(publicPart, version, joined(release, fc.constant(".*"))),
);

/** One character left out, doubled or put in: what is nearly right. */
function mangled(text: fc.Arbitrary<string>): fc.Arbitrary<string> {
  return fc
    .tuple(text, fc.nat(40), fc.constantFrom("", ".", "-", "*", " ", "=", ",", ")", "x", "1", "]"))
    .map(([right, at, instead]) => {
      const start = at % (right.length + 1);
      return right.slice(0, start) + instead + right.slice(start + (at % 2));
    });
}

const names = fc.constantFrom("six", "Ruamel.YAML", "zope_interface", "a--b", "x1", "1x", "A");
const quoted = (text: fc.Arbitrary<string>): fc.Arbitrary<string> =>
  fc.tuple(text, fc.constantFrom("'", '"')).map(([inner, by]) => by + inner + by);

const versions = fc.constantFrom("python_version", "python_full_version", "implementation_version");
const words = fc.constantFrom(
  "os_name",
  "os.name",
  "sys_platform",
  "sys.platform",
  "platform_machine",
  "platform.machine",
  "platform_system",
  "platform_release",
  "platform.version",
  "platform_python_implementation",
  "python_implementation",
  "implementation_name",
  "extra",
);
const values = fc.constantFrom(
  "linux",
  "posix",
  "Linux",
  "CPython",
  "x86_64",
  "Test_1",
  "test-1",
  "",
);
const pythons = fc.constantFrom(
  "3.8",
  "3.11",
  "3.11.4",
  "3.12",
  "3.*",
  "3",
  "3.12.0rc1",
  "3.8 3.11",
);
const operators = fc.constantFrom("==", "!=", "<=", ">=", "<", ">", "in", "not in", "~=", "===");

const comparison = fc.oneof(
  spaced(versions, operators, quoted(pythons)),
  spaced(quoted(pythons), operators, versions),
  spaced(words, operators, quoted(values)),
  spaced(quoted(values), operators, words),
  spaced(
    quoted(fc.constantFrom("Test_1", "dev", "none")),
    fc.constantFrom("in", "not in"),
    fc.constantFrom("extras", "dependency_groups"),
  ),
);

function spaced(...parts: fc.Arbitrary<string>[]): fc.Arbitrary<string> {
  return fc
    .tuple(fc.constantFrom(" ", " ", "  ", "\t"), ...parts)
    .map(([by, ...each]) => each.join(by));
}

const marker: fc.Arbitrary<string> = fc.letrec<{ all: string; atom: string }>((tie) => ({
  atom: fc.oneof(
    { weight: 4, arbitrary: comparison },
    tie("all").map((inner) => `(${inner})`),
  ),
  all: fc
    .array(fc.tuple(fc.constantFrom(" and ", " or "), tie("atom")), { minLength: 1, maxLength: 3 })
    .map((parts) => parts.flat().slice(1).join("")),
})).all;

const requirement = joined(
  fc.constantFrom("", " "),
  names,
  maybe(
    fc
      .array(
        fc.oneof(
          names,
          names.map((name) => ` ${name} `),
        ),
        { maxLength: 3 },
      )
      .map((each) => `[${each.join(",")}]`),
  ),
  fc.constantFrom("", " "),
  maybe(
    fc.oneof(
      fc.array(specifier, { minLength: 1, maxLength: 3 }).map((each) => each.join(", ")),
      fc.array(specifier, { maxLength: 2 }).map((each) => `(${each.join(",")})`),
      fc.constantFrom("@ https://index.invalid/a-1.0.tar.gz#sha256=0 ", "@git+file:///r@main "),
    ),
  ),
  maybe(marker.map((text) => ` ; ${text}`)),
);

const environment: fc.Arbitrary<Environment> = fc.record({
  python_version: fc.constantFrom("3.9", "3.11", "3.12"),
  python_full_version: fc.constantFrom("3.9.25", "3.11.4", "3.12.0"),
  implementation_version: fc.constantFrom("3.9.25", "3.11.4"),
  os_name: fc.constantFrom("posix", "nt"),
  sys_platform: fc.constantFrom("linux", "win32"),
  platform_machine: fc.constantFrom("x86_64", "aarch64"),
  platform_system: fc.constantFrom("Linux", "Windows"),
  platform_release: fc.constantFrom("5.10.1", "5.10.225-213.878.amzn2.x86_64"),
  platform_version: fc.constant("#1 SMP"),
  platform_python_implementation: fc.constantFrom("CPython", "PyPy"),
  implementation_name: fc.constantFrom("cpython", "pypy"),
  extra: fc.constantFrom("", "test-1", "Test_1"),
  extras: fc.constantFrom([], ["test-1"], ["none", "Test.1"]),
  dependency_groups: fc.constantFrom([], ["dev"]),
});
