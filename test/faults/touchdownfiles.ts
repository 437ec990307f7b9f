/** What the schedules' runs declare: each a workspace, as a Touchdownfile would have it. */
import type { AwsAccount } from "../../src/aws/account.ts";
import { codeOf, declareStack } from "./stack.ts";
import type { Edition } from "./stack.ts";

export interface Touchdownfile {
  /** For people. */
  readonly called: string;
  /** The workspace's name. */
  readonly owner?: string;
  readonly declare: (aws: AwsAccount) => unknown;
}

const owner = "media";

/** Thirty resources of nobody's. */
export const nameless: Readonly<Record<Edition, Touchdownfile>> = {
  1: { called: "edition 1", declare: (aws) => declareStack(aws, { edition: 1 }) },
  2: { called: "edition 2", declare: (aws) => declareStack(aws, { edition: 2 }) },
};

/** The same thirty of a workspace with a name. */
export const media: Readonly<Record<Edition, Touchdownfile>> = {
  1: { ...nameless[1], called: "edition 1 of media", owner },
  2: { ...nameless[2], called: "edition 2 of media", owner },
};

/** Edition 1, and eight resources more that no other edition has. */
export const mediaWithMore: Touchdownfile = {
  called: "edition 1 of media with more",
  owner,
  declare: (aws) => {
    const { data } = declareStack(aws, { edition: 1 });
    const queue = aws.addQueue({ name: "leaving" });
    aws.addQueue({ name: "leaving-full" });
    const group = aws.addLogGroup({ name: "/td/leaving", retention: 7 });
    aws.addLambdaFunction({
      name: "leave",
      handler: "main.handler",
      code: codeOf(1),
      role: aws.addRole({ name: "leaver" }),
      environment: { QUEUE: queue.getProperty("QueueUrl") },
      logging: { format: "JSON", group: group.getProperty("LogGroupName") },
    });
    aws.addFile({ bucket: data, name: "leaving.txt", contents: "leaving" });
    const bucket = aws.addBucket({ name: "td-leaving" });
    aws.addFile({ bucket, name: "left.txt", contents: "left" });
  },
};

/** Edition 2, in which some have other names. */
export const mediaMoved: Touchdownfile = {
  called: "edition 2 of media, moved",
  owner,
  declare: (aws) => declareStack(aws, { edition: 2, moved: true }),
};

/** What is nobody's, beside and in what is media's. */
export const strays: Touchdownfile = {
  called: "what is nobody's",
  declare: (aws) => {
    aws.addQueue({ name: "stray" });
    aws.addRole({ name: "stray" });
    aws.addLogGroup({ name: "/td/stray" });
    aws.addFile({ bucket: "td-data", name: "stray.txt", contents: "stray" });
  },
};

/** What another workspace has, with nothing in common. */
export const billing: Touchdownfile = {
  called: "billing",
  owner: "billing",
  declare: (aws) => {
    const role = aws.addRole({ name: "biller" });
    const queue = aws.addQueue({ name: "bills" });
    const environment = { QUEUE: queue.getProperty("QueueUrl") };
    const code = codeOf(1);
    aws.addLambdaFunction({ name: "bill", handler: "main.handler", role, code, environment });
    aws.addLogGroup({ name: "/td/bills" });
    const bucket = aws.addBucket({ name: "td-bills" });
    aws.addFile({ bucket, name: "bill.txt", contents: "a bill" });
  },
};

/** Of another workspace, too, some of what media has. */
export const rival: Touchdownfile = {
  called: "billing, which declares what media has",
  owner: "billing",
  declare: (aws) => {
    const role = aws.addRole({ name: "clerk", description: "pays" });
    aws.addQueue({ name: "jobs", visibilityTimeout: 70 });
    aws.addLogGroup({ name: "/td/read", retention: 90 });
    const bucket = aws.addBucket({ name: "td-data", forceDestroy: true });
    aws.addFile({ bucket, name: "hello.txt", contents: "hello, bill" });
    aws.addQueue({ name: "bills" });
    const code = codeOf(2);
    aws.addLambdaFunction({ name: "still", handler: "main.handler", role, code });
  },
};

/** What it has in common with media. */
export const disputed: readonly string[] = [
  "role clerk",
  "queue jobs",
  "log group /td/read",
  "bucket td-data",
  "file td-data/hello.txt",
  "function still",
];
