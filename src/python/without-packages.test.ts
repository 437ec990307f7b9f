import { expect, test } from "vitest";
import { withoutPackages } from "./without-packages.ts";
import type { Needing } from "./without-packages.ts";

/** `a` needs each of `needs`; those after a colon only with that extra: `security:cryptography`. */
function distribution(name: string, ...needs: string[]): Needing {
  return {
    name,
    needs: (extras) =>
      needs.flatMap((need) => {
        const [target = "", extra] = need.split(":").toReversed();
        const [base = "", asked] = target.split("+");
        if (extra !== undefined && !extras.has(extra)) return [];
        return [{ name: base, extras: asked === undefined ? [] : [asked] }];
      }),
  };
}

const root = (...names: string[]) => names.map((name) => ({ name, extras: [] }));
const aws = [
  distribution("boto3", "botocore", "s3transfer"),
  distribution("botocore", "urllib3", "jmespath"),
  distribution("s3transfer", "botocore"),
  distribution("jmespath"),
  distribution("urllib3"),
  distribution("requests", "urllib3"),
];

const left = (all: readonly Needing[], removed: string[], named: ReturnType<typeof root> = []) =>
  [...withoutPackages(all, { removed: new Set(removed), named })].toSorted();

test("what only the removed one needed goes with it; what another needs too stays", () => {
  expect(left(aws, ["boto3"], root("boto3", "requests"))).toEqual(["requests", "urllib3"]);
});

test("what the user asked for by name stays, whoever else needed it", () => {
  expect(left(aws, ["boto3"], root("boto3", "jmespath", "requests"))).toEqual([
    "jmespath",
    "requests",
    "urllib3",
  ]);
});

test("where nobody knows what was asked for, what nothing needs was", () => {
  expect(left(aws, ["boto3"])).toEqual(["requests", "urllib3"]);
});

test("what an extra needs stays while the extra is asked for", () => {
  const all = [
    distribution("app", "http+security"),
    distribution("http", "security:cryptography"),
    distribution("cryptography"),
    distribution("other", "cryptography"),
  ];
  expect(left(all, ["other"], root("app", "other"))).toEqual(["app", "cryptography", "http"]);
  expect(left(all, ["app"], root("app", "other"))).toEqual(["cryptography", "other"]);
});

test("two that need each other go together", () => {
  const all = [distribution("a", "b"), distribution("b", "a"), distribution("c")];
  expect(left(all, ["a"], root("a", "c"))).toEqual(["c"]);
});

test("what nothing leads to is left alone", () => {
  const all = [distribution("a"), distribution("stray", "stray")];
  expect(left(all, ["a"], root("a"))).toEqual(["stray"]);
});
