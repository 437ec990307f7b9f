/** Thirty resources with refs among them, in two editions: what is deployed, and what becomes of it. */
import type { AwsAccount } from "../../src/aws/account.ts";
import type { Resource } from "../../src/core/resource.ts";
import { zipOfOne } from "../../src/zip/one.ts";

export type Edition = 1 | 2;

/** What has another name where it was `moved`, by its name of before. */
export const successors: Readonly<Record<string, string>> = {
  dead: "buried",
  mails: "letters",
  clerk: "secretary",
  index: "indexer",
  "/td/index": "/td/indexer",
  "a/b.json": "a/c.json",
};

interface Variant {
  readonly edition: Edition;
  /** Some have other names, and say which they had. */
  readonly moved?: boolean;
}

/** @returns  a bucket, for more to be put into */
export function declareStack(aws: AwsAccount, { edition, moved = false }: Variant) {
  const named: Parts["named"] = (before, add) => {
    const now = moved ? successors[before] : undefined;
    const made = add(now ?? before);
    if (now !== undefined) made.movedFrom.push(before);
    return made;
  };
  const parts = { aws, edition, later: edition === 2, named };
  const queues = declareQueues(parts);
  const { zip, data } = declareFiles(parts);
  declareFunctions(parts, { queues, zip });
  return { data };
}

interface Parts {
  readonly aws: AwsAccount;
  readonly edition: Edition;
  readonly later: boolean;
  /** Declare what may have another name by now. */
  readonly named: <R extends Resource>(before: string, add: (name: string) => R) => R;
}

/** Six, three of which give what they can't deliver to the others. */
function declareQueues({ aws, later, named }: Parts) {
  const dead = named("dead", (name) =>
    aws.addQueue({ name, messageRetentionPeriod: later ? 1_209_600 : 345_600 }),
  );
  const lost = aws.addQueue({ name: "lost" });
  const failed = aws.addQueue({ name: "failed.fifo", fifo: true });
  const jobs = aws.addQueue({
    name: "jobs",
    visibilityTimeout: later ? 90 : 60,
    redrive: { deadLetterQueue: dead },
    tags: { team: "media", ...(later ? { stage: "live" } : {}) },
  });
  const mails = named("mails", (name) =>
    aws.addQueue({
      name,
      redrive: { deadLetterQueue: lost, maxReceiveCount: later ? 3 : 5 },
    }),
  );
  const orders = aws.addQueue({
    name: "orders.fifo",
    fifo: true,
    contentBasedDeduplication: true,
    redrive: { deadLetterQueue: failed },
  });
  return { dead, jobs, mails, orders };
}

/** Two buckets and four files, one of which is a function's code. */
function declareFiles({ aws, edition, later, named }: Parts) {
  const code = aws.addBucket({ name: "td-code", versioning: "suspended", forceDestroy: true });
  const data = aws.addBucket({
    name: "td-data",
    forceDestroy: true,
    tags: { team: "media" },
    cors: [{ allowedMethods: later ? ["GET", "PUT"] : ["GET"], allowedOrigins: ["*"] }],
  });
  const zip = aws.addFile({ bucket: code, name: "archive.zip", contents: codeOf(edition) });
  aws.addFile({ bucket: data, name: "hello.txt", contents: later ? "hello again" : "hello" });
  aws.addFile({ bucket: data, name: "empty", contents: "", metadata: { edition: `${edition}` } });
  named("a/b.json", (name) =>
    aws.addFile({ bucket: data, name, contents: "{}", cacheControl: "no-cache" }),
  );
  return { zip, data };
}

interface Used {
  readonly queues: ReturnType<typeof declareQueues>;
  readonly zip: ReturnType<typeof declareFiles>["zip"];
}

type FunctionArgs = Parameters<AwsAccount["addLambdaFunction"]>[0];

/** Four roles, four log groups, two layers, and the eight functions that use them. */
function declareFunctions(parts: Parts, { queues, zip }: Used): void {
  const { aws, edition, later, named } = parts;
  const { dead, jobs, mails, orders } = queues;
  const [reader, writer, mailer, clerk] = declareRoles(parts, queues);
  const tools = aws.addLayer({ name: "tools", content: zipOf("python/tools.py", edition) });
  const fonts = aws.addLayer({ name: "fonts", content: zipOf("python/fonts.py", 1) });
  const add = (before: string, args: Omit<FunctionArgs, "name" | "handler">) =>
    named(before, (name) => aws.addLambdaFunction({ name, handler: "main.handler", ...args }));
  const logging = (before: string, retention: 7 | 14 | 30 = 7) => ({
    format: "JSON" as const,
    group: named(before, (name) =>
      aws.addLogGroup({ name, retention, tags: { team: "media" } }),
    ).getProperty("LogGroupName"),
  });
  const fresh = codeOf(edition);
  const same = codeOf(1);
  add("read", {
    role: reader,
    code: fresh,
    environment: { QUEUE_URL: jobs.getProperty("QueueUrl") },
    layers: [tools, fonts],
    logging: logging("/td/read", later ? 30 : 14),
  });
  add("write", {
    role: writer,
    code: same,
    timeout: later ? 60 : 30,
    deadLetter: dead,
    logging: logging("/td/write"),
    reservedConcurrency: later ? 2 : 5,
  });
  const environment = { MAILS: mails.getProperty("QueueUrl"), EDITION: `${edition}` };
  add("mail", { role: mailer, code: fresh, keepVersions: 1, environment });
  add("order", {
    role: clerk,
    code: fresh,
    publish: false,
    environment: { ORDERS: orders.getProperty("QueueArn") },
    memory: later ? 512 : 256,
  });
  add("archive", { role: reader, s3File: zip });
  const tags = { edition: `${edition}` };
  add("report", {
    role: reader,
    code: same,
    layers: [fonts],
    tags,
    logging: logging("/td/report"),
  });
  add("index", { role: writer, code: fresh, logging: logging("/td/index") });
  add("still", { role: clerk, code: same, layers: [tools] });
}

function declareRoles({ aws, later, named }: Parts, { jobs, mails }: Used["queues"]) {
  const may = (Action: string, Resource: unknown) => ({
    Version: "2012-10-17" as const,
    Statement: [{ Effect: "Allow" as const, Action, Resource }],
  });
  const basic = "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole";
  const tracing = "arn:aws:iam::aws:policy/AWSXRayDaemonWriteAccess";
  return [
    aws.addRole({ name: "reader", managedPolicies: later ? [basic, tracing] : [basic] }),
    aws.addRole({
      name: "writer",
      managedPolicies: [later ? tracing : basic],
      policies: { send: may("sqs:SendMessage", jobs.getProperty("QueueArn")) as never },
    }),
    aws.addRole({
      name: "mailer",
      description: later ? "sends mails" : "",
      policies: {
        ...(later ? {} : { old: may("sqs:ReceiveMessage", "*") as never }),
        take: may("sqs:*", mails.getProperty("QueueArn")) as never,
      },
    }),
    named("clerk", (name) =>
      aws.addRole({ name, tags: { team: "sales", ...(later ? { floor: "2" } : {}) } }),
    ),
  ] as const;
}

export function codeOf(edition: Edition): Uint8Array {
  return zipOf("main.py", edition);
}

const zips = new Map<string, Uint8Array>();

function zipOf(path: string, edition: Edition): Uint8Array {
  const key = `${path} ${edition}`;
  const zip =
    zips.get(key) ??
    zipOfOne(path, Buffer.from(`def handler(event, context): return ${edition}\n`));
  zips.set(key, zip);
  return zip;
}
