/** Every kind of resource that carries whose it is, as a test of ownership declares one. */
import { role } from "../../src/aws/iam/role.ts";
import { lambdaFunction } from "../../src/aws/lambda/function.ts";
import { python } from "../../src/aws/lambda/inline-code.ts";
import { logGroup } from "../../src/aws/logs/log-group.ts";
import { bucket } from "../../src/aws/s3/bucket.ts";
import { file } from "../../src/aws/s3/file.ts";
import { queue } from "../../src/aws/sqs/queue.ts";
import type { Resource } from "../../src/core/resource.ts";
import { fakeIam } from "./fake/iam.ts";
import { fakeLambda } from "./fake/lambda.ts";
import { fakeLogs } from "./fake/logs.ts";
import { fakeS3 } from "./fake/s3.ts";
import { fakeSqs } from "./fake/sqs.ts";
import { World } from "./world.ts";

interface Flags {
  readonly adopt?: boolean;
  readonly protect?: boolean;
}

interface Kind {
  readonly noun: string;
  /** The call that makes it with its tags; absent: AWS takes them only after. */
  readonly madeBy?: string;
  /** @param name  what sets it apart from others of its kind */
  readonly add: (world: World, name: string, flags?: Flags) => Resource;
  readonly get: (world: World, name: string) => Resource;
}

const bucketName = (name: string): string => name.toLowerCase();

export const ownedKinds: readonly Kind[] = [
  {
    noun: "queue",
    madeBy: "sqs.createQueue",
    add: (world, name, flags) => world.add(queue, { name, ...flags }),
    get: (world, name) => world.get(queue, { name }),
  },
  {
    noun: "role",
    madeBy: "iam.createRole",
    add: (world, name, flags) => world.add(role, { name, ...flags }),
    get: (world, name) => world.get(role, { name }),
  },
  {
    noun: "log group",
    madeBy: "logs.createLogGroup",
    add: (world, name, flags) => world.add(logGroup, { name, ...flags }),
    get: (world, name) => world.get(logGroup, { name }),
  },
  {
    noun: "bucket",
    add: (world, name, flags) => world.add(bucket, { name: bucketName(name), ...flags }),
    get: (world, name) => world.get(bucket, { name: bucketName(name) }),
  },
  {
    noun: "function",
    madeBy: "lambda.createFunction",
    add: (world, name, flags) =>
      world.add(lambdaFunction, {
        name,
        role: `arn:aws:iam::${world.accountId}:role/any`,
        handler: "main.f",
        code: python`f = 1`,
        ...flags,
      }),
    get: (world, name) => world.get(lambdaFunction, { name }),
  },
];

/** In a bucket that is there, which nobody owns. */
export const ownedFile: Kind = {
  noun: "file",
  madeBy: "s3.putObject",
  add: (world, name, flags) =>
    world.add(file, { bucket: bucketName(world.name), name, contents: "x", ...flags }),
  get: (world, name) => world.get(file, { bucket: bucketName(world.name), name }),
};

export function fakeWorld(): World {
  return World.fake((clock) => ({
    sqs: fakeSqs(clock),
    iam: fakeIam(),
    logs: fakeLogs(),
    s3: fakeS3(),
    lambda: fakeLambda(clock).client,
  }));
}
