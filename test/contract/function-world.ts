/** A fake account with one function in it, as a test declares it. */
import { lambdaFunction } from "../../src/aws/lambda/function.ts";
import { python } from "../../src/aws/lambda/inline-code.ts";
import type { AddArgs } from "../../src/core/declare.ts";
import { fakeLambda } from "./fake/lambda.ts";
import type { FakeLambda } from "./fake/lambda.ts";
import { fakeObjects } from "./fake/objects.ts";
import { World } from "./world.ts";

export type Args = AddArgs<typeof lambdaFunction.schema>;

export function start(roles?: ReadonlySet<string>) {
  let lambda: FakeLambda | undefined;
  const objects = fakeObjects();
  const world = World.fake((clock) => {
    lambda = fakeLambda(clock, {
      objects: objects.bytes,
      ...(roles === undefined ? {} : { roles }),
    });
    return { lambda: lambda.client, s3: objects.client };
  });
  if (lambda === undefined) throw new Error("the world made no fakes");
  const least: Args = {
    name: "f",
    role: "arn:aws:iam::123456789012:role/r",
    handler: "main.f",
    code: python`f = 1`,
  };
  const declare =
    (more: Partial<Args> = {}) =>
    () =>
      world.add(lambdaFunction, { ...least, ...more });
  const { functions, client } = lambda;
  const versions = () => functions.get("f")?.versions.map(({ Version }) => Version);
  return { world, declare, client, functions, versions, objects, least };
}
