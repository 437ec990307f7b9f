import { describe, expect, test } from "vitest";
import type { Artifact } from "../../core/artifact.ts";
import { problemsOf as inWords } from "../../core/parse-args.ts";
import { zipOfOne } from "../../zip/one.ts";
import { bytesArtifact } from "./inline-code.ts";
import { layerChecks } from "./layer-checks.ts";
import { layerSchema } from "./layer-schema.ts";
import type { LayerWant } from "./layer-schema.ts";

const zip = (path: string, more: Partial<Artifact> = {}): Artifact => ({
  ...bytesArtifact(zipOfOne(path, Buffer.from("x")), "deps.zip"),
  ...more,
});

async function problemsOf(args: Partial<LayerWant> & Pick<LayerWant, "content">) {
  const want = { name: "deps", description: "", license: "", ...args } as LayerWant;
  const found = await Promise.all(layerChecks.map(async (check) => check(want)));
  return found
    .flat()
    .map(({ path, severity = "error", message }) => `${severity} | ${path.join(".")} ${message}`);
}

describe("a layer's content", () => {
  test.for([
    ["python/six.py", ["python3.13"]],
    ["bin/jq", ["python3.13"]],
    ["extensions/agent", ["nodejs22.x"]],
    ["ruby/gems/3.4.0/x", []],
    ["anything", ["provided.al2023"]],
  ] as const)("%s is found by %s", async ([path, compatibleRuntimes]) => {
    expect(await problemsOf({ content: zip(path), compatibleRuntimes })).toEqual([]);
  });

  test("that no runtime looks at is warned of", async () => {
    const content = zip("six.py", { builtFor: { runtime: "python3.13" } });
    expect(await problemsOf({ content })).toEqual([
      "warning | content has nothing in python/, bin/, lib/, extensions/ (deps.zip), and no runtime looks elsewhere",
    ]);
    const node = zip("python/six.py");
    expect(await problemsOf({ content: node, compatibleRuntimes: ["nodejs22.x"] })).toEqual([
      "warning | content has nothing in nodejs/, bin/, lib/, extensions/ (deps.zip), and no runtime looks elsewhere",
    ]);
  });

  test("that is no zip is refused", async () => {
    const content = bytesArtifact(Buffer.from("no zip"), "deps.zip");
    expect(await problemsOf({ content })).toEqual([
      expect.stringMatching(/^error \| content is no zip that Lambda could unpack: deps\.zip: /u),
    ]);
  });

  test("goes with what it was built for", async () => {
    const content = zip("python/x", {
      builtFor: { runtime: "python3.12", architecture: "arm64" },
    });
    expect(await problemsOf({ content })).toEqual([]);
    expect(
      await problemsOf({
        content,
        compatibleRuntimes: ["python3.13"],
        compatibleArchitectures: ["x86_64"],
      }),
    ).toEqual([
      "error | compatibleRuntimes must name python3.12, as deps.zip was built for it",
      "error | compatibleArchitectures must name arm64, as deps.zip was built for it",
    ]);
  });
});

describe("a layer's arguments", () => {
  test.for([
    [{ name: "a".repeat(141) }, "must be 1–140 letters, digits, - and _"],
    [{ name: "a.b" }, "must be 1–140 letters, digits, - and _"],
    [{ description: "a".repeat(257) }, "must be at most 256 characters long"],
    [{ license: "a".repeat(513) }, "must be at most 512 characters long"],
    [
      { compatibleRuntimes: Array.from({ length: 16 }, () => "python3.13") },
      "must have at most 15 items",
    ],
    [{ compatibleArchitectures: ["x86_64", "arm64", "arm64"] }, "must have at most 2 items"],
    [{ keepVersions: 0 }, "must be at least 1, got 0"],
    [{ content: "deps.zip" }, "must be a zip (a package, a bundle's output, or bytes)"],
  ] as const)("%j is refused", ([args, reason]) => {
    const given = { name: "deps", content: zip("python/x"), ...args };
    const { error } = layerSchema.safeParse(given, { reportInput: true });
    const found = inWords(error ?? { issues: [] }, {
      names: Object.keys(layerSchema.shape),
      secret: [],
    });
    expect(found.map(({ message }) => message).join()).toContain(reason);
  });
});
