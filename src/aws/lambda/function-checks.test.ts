/** A big zip is looked into once: by all functions that share it, and in all runs where its maker keeps notes. */
import { beforeEach, expect, test } from "vitest";
import type { Artifact } from "../../core/artifact.ts";
import { zipOfOne } from "../../zip/one.ts";
import { functionChecks } from "./function-checks.ts";
import { functionSchema } from "./function-schema.ts";
import type { FunctionWant } from "./function-schema.ts";
import { bytesArtifact } from "./inline-code.ts";

let zips = 0;
let looks = 0;
let zip: Artifact;
const facts = new Set<string>();
const notes: Artifact["notes"] = {
  has: (fact) => facts.has(fact),
  add: (fact) => void facts.add(fact),
};

beforeEach(() => {
  looks = 0;
  facts.clear();
  zip = counted(fresh());
});

/** Of bytes that no other test has. */
function fresh(): Artifact {
  zips += 1;
  return bytesArtifact(zipOfOne("app.py", Buffer.from(`x = ${zips}`)), "app.zip");
}

function counted(artifact: Artifact): Artifact {
  const read: Artifact["read"] = (offset, length) => {
    looks += 1;
    return artifact.read(offset, length);
  };
  return { ...artifact, read };
}

async function problemsOf(code: Artifact, handler = "app.handler"): Promise<readonly string[]> {
  const least = { name: "f", role: "arn:aws:iam::123456789012:role/r", handler, code };
  const want = functionSchema.parse(least) as FunctionWant;
  const problems = await Promise.all(functionChecks.map(async (check) => check(want)));
  return problems.flat().map(({ message }) => message);
}

test("functions that share a zip look into it once", async () => {
  await problemsOf(zip);
  const once = looks;
  expect(once).toBeGreaterThan(0);
  expect(await problemsOf(zip)).toEqual([]);
  expect(await problemsOf(zip, "other.handler")).toHaveLength(1);
  expect(looks).toBe(once);
});

test("no more zips are remembered than a few", async () => {
  await problemsOf(zip);
  const once = looks;
  for (let number = 0; number < 20; number += 1) await problemsOf(fresh());
  await problemsOf(zip);
  expect(looks).toBe(2 * once);
});

test("where its maker keeps notes, the next run does not look", async () => {
  expect(await problemsOf({ ...zip, notes })).toEqual([]);
  for (let number = 0; number < 20; number += 1) await problemsOf(fresh());
  const once = looks;
  expect(await problemsOf({ ...zip, notes })).toEqual([]);
  expect(looks).toBe(once);
  // another handler was not looked for
  expect(await problemsOf({ ...zip, notes }, "other.handler")).toHaveLength(1);
  expect(looks).toBe(2 * once);
});

test("what is wrong is not noted: the next run says it again", async () => {
  expect(await problemsOf({ ...zip, notes }, "other.handler")).toHaveLength(1);
  expect(await problemsOf({ ...zip, notes }, "other.handler")).toHaveLength(1);
  expect(facts.size).toBe(0);
});
