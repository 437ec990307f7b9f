import { expect, test } from "vitest";
import { lambdaFunction } from "../../src/aws/lambda/function.ts";
import { python } from "../../src/aws/lambda/inline-code.ts";
import { layer } from "../../src/aws/lambda/layer.ts";
import type { LayerProps } from "../../src/aws/lambda/layer.ts";
import type { Resource } from "../../src/core/resource.ts";
import { zipOfOne } from "../../src/zip/one.ts";
import { contract } from "./contract.ts";
import { embeddedEndpoint } from "./embedded.ts";
import { fakeLambda } from "./fake/lambda.ts";
import { World } from "./world.ts";

const zipOf = (source: string) => zipOfOne("python/tools.py", Buffer.from(source));
const published = "publish a new version";
const content = /^publish a new version: sha256 [0-9a-f]{4}… → [0-9a-f]{4}…, 0\.1 KB$/u;

contract(layer, {
  fakes: (clock) => ({ lambda: fakeLambda(clock).client }),
  least: ({ name }) => ({ name, content: zipOf("answer = 42\n") }),
  properties: ({ name, region, accountId }) => ({
    LayerArn: `arn:aws:lambda:${region}:${accountId}:layer:${name}`,
    LayerVersionArn: `arn:aws:lambda:${region}:${accountId}:layer:${name}:1`,
    Version: 1,
    CodeSha256: "znly64jlz9cWiEemn5TyJQ6U2TZ0qZrtqn4UE+AxauM=",
    CodeSize: 140,
  }),
  aspects: {
    content: { args: { content: zipOf("answer = 6 * 7\n") }, plan: [content], back: [content] },
    description: {
      args: { description: "What it is for" },
      plan: ['description: "" → What it is for', published],
    },
    compatibleRuntimes: {
      args: { compatibleRuntimes: ["python3.13", "python3.12"] },
      plan: ['compatibleRuntimes: [] → ["python3.12","python3.13"]', published],
    },
    compatibleArchitectures: {
      args: { compatibleArchitectures: ["arm64"] },
      plan: ['compatibleArchitectures: [] → ["arm64"]', published],
    },
    license: { args: { license: "MIT" }, plan: ['license: "" → MIT', published] },
    keepVersions: {
      from: { description: "first" },
      args: { description: "second", keepVersions: 1 },
      plan: ["description: first → second", published, "remove older versions: 1"],
      back: ["description: second → first", published],
      alone: true,
    },
  },
});

const other = "arn:aws:lambda:eu-west-1:210987654321:layer:other:3";

const user = (world: World, tools: Resource<LayerProps> | string) =>
  world.add(lambdaFunction, {
    name: world.name,
    role: "arn:aws:iam::123456789012:role/r",
    handler: "main.f",
    code: python`
      import tools

      def f(event, context):
          return tools.answer
    `,
    layers: [tools, other],
  });

/** A function and its layer, the layer's source as given. */
const withLayer = (world: World, source: string, keepVersions?: number) => () =>
  user(
    world,
    world.add(layer, {
      name: `${world.name}-tools`,
      content: zipOf(source),
      ...(keepVersions === undefined ? {} : { keepVersions }),
    }),
  );

async function newVersionReachesFunction(world: World): Promise<void> {
  const first = withLayer(world, "answer = 1\n");
  expect((await world.apply(first)).verdict).toBe("create");
  expect((await world.apply(first)).verdict).toBe("unchanged");
  const second = withLayer(world, "answer = 2\n", 1);
  expect((await world.plan(second)).changes).toEqual([
    `layers: pending (needs layer ${world.name}-tools)`,
    `${published}: pending (needs layer ${world.name}-tools)`,
  ]);
  const done = await world.apply(second);
  expect(done.calls.filter((call) => /Publish|Update|Delete/u.test(call))).toEqual([
    "PublishLayerVersion",
    "DeleteLayerVersion",
    "UpdateFunctionConfiguration",
    "PublishVersion",
  ]);
  expect((await world.apply(second)).verdict).toBe("unchanged");
  const arn = `arn:aws:lambda:${world.region}:${world.accountId}:layer:${world.name}-tools:2`;
  expect((await world.plan(() => user(world, arn))).verdict).toBe("unchanged");
  await world.destroy(second);
}

test("a new version of a layer reaches its functions in the same apply, on the fake", async () => {
  await newVersionReachesFunction(World.fake((clock) => ({ lambda: fakeLambda(clock).client })));
});

test("a new version of a layer reaches its functions in the same apply, on the embedded AWS", async () => {
  await newVersionReachesFunction(World.embedded(await embeddedEndpoint()));
});
