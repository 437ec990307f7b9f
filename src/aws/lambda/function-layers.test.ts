import { describe, expect, test } from "vitest";
import { Declarations } from "../../core/declare.ts";
import type { AddArgs } from "../../core/declare.ts";
import { buildGraph } from "../../core/graph.ts";
import { InvalidTouchdownfile } from "../../errors.ts";
import type { Artifact } from "../../core/artifact.ts";
import { zipOfOne } from "../../zip/one.ts";
import { lambdaFunction } from "./function.ts";
import { bytesArtifact, python } from "./inline-code.ts";
import { layer } from "./layer.ts";
import { queue } from "../sqs/queue.ts";

const scope = { label: "", open: () => Promise.resolve(undefined) };
const declarations = new Declarations();
const addLayer = declarations.adder(layer, scope);

const deps = (name: string, more: Partial<Artifact> = {}) =>
  addLayer({
    name,
    content: {
      ...bytesArtifact(zipOfOne("python/x.py", Buffer.from("x")), `${name}.zip`),
      ...more,
    },
  });

/** What is wrong before any call. */
async function problemsOf(args: Partial<AddArgs<typeof lambdaFunction.schema>>) {
  const own = new Declarations();
  own.adder(
    lambdaFunction,
    scope,
  )({
    name: "f",
    role: "arn:aws:iam::123456789012:role/r",
    handler: "main.f",
    code: python`f = 1`,
    ...args,
  });
  try {
    await buildGraph([...declarations.resources, ...own.resources]);
    return [];
  } catch (error) {
    if (!(error instanceof InvalidTouchdownfile)) throw error;
    return error.problems.map(({ code, message, hint }) => [code, message, hint ?? ""].join(" | "));
  }
}

describe("a function's layers", () => {
  test("are handles and ARNs", async () => {
    const arn = "arn:aws:lambda:eu-west-1:123456789012:layer:other:3";
    expect(await problemsOf({ layers: [deps("one"), arn] })).toEqual([]);
  });

  test("count with its code, before any call", async () => {
    const half = deps("half", { unzippedSize: 131_072_000 });
    const rest = deps("rest", { unzippedSize: 131_071_995 });
    expect(await problemsOf({ layers: [half, rest] })).toEqual([
      "CODE_TOO_BIG | function f: layers make it 262144001 bytes unzipped, and Lambda takes 262144000 | there are 6 in the inline code, 131072000 in half.zip, 131071995 in rest.zip",
    ]);
    expect(await problemsOf({ layers: [half] })).toEqual([]);
  });

  test("fit its runtime and processor", async () => {
    const builtFor = { runtime: "python3.12", architecture: "arm64" };
    const layers = [deps("first"), deps("built", { builtFor })];
    expect(await problemsOf({ layers })).toEqual([
      'ARGUMENT | function f: layers.1 has built.zip, which was built for python3.12, and the runtime is python3.13 | a package in a layer is built for what the layer names: compatibleRuntimes: ["python3.13"]',
      'ARGUMENT | function f: layers.1 has built.zip, which was built for arm64, and the architecture is x86_64 | a package in a layer is built for what the layer names: compatibleArchitectures: ["x86_64"]',
    ]);
    expect(await problemsOf({ layers, runtime: "python3.12", architectures: ["arm64"] })).toEqual(
      [],
    );
  });

  test("are each there once, in one version", async () => {
    const twice = deps("twice");
    const arn = "arn:aws:lambda:eu-west-1:123456789012:layer:other:";
    expect(await problemsOf({ layers: [twice, twice, `${arn}1`, `${arn}2`] })).toEqual([
      "ARGUMENT | function f: layers.1 names a layer that is there already: layer twice | ",
      `ARGUMENT | function f: layers.3 names a layer that is there already: ${arn.slice(0, -1)} | `,
    ]);
  });

  test("are at most five, and layers", async () => {
    const many = Array.from({ length: 6 }, (_, index) => deps(`many${index}`));
    expect(await problemsOf({ layers: many })).toEqual([
      'ARGUMENT | function f: layers must have at most 5 items, got ["…","…","…","…","…","…"] | ',
    ]);
    const jobs = declarations.adder(queue, scope)({ name: "jobs" });
    const layers = [jobs as never, "arn:aws:lambda:eu-west-1:123456789012:layer:other"];
    expect(await problemsOf({ layers })).toEqual([
      "ARGUMENT | function f: layers.0 takes a layer, not a queue | ",
      expect.stringContaining("layers.1 must be a layer version's ARN"),
    ]);
  });
});
