/** What the command line is given while calls fail. */
import { zipOfOne } from "../../src/zip/one.ts";

const zip = Buffer.from(zipOfOne("python/tools.py", Buffer.from("answer = 42\n"))).toString(
  "base64",
);

/** A role, a queue, a log group, a layer, a bucket with a file, and a function that needs most of them. */
export const Touchdownfile = `import { python } from "touchdown-aws";
export default (workspace) => {
  const aws = workspace.addAws({ region: "eu-west-1" });
  const queue = aws.addQueue({ name: "jobs", visibilityTimeout: 45, tags: { team: "media" } });
  const bucket = aws.addBucket({ name: "td-faults", forceDestroy: true });
  aws.addFile({ bucket, name: "hello.txt", contents: "hello" });
  const group = aws.addLogGroup({ name: "/td/f", retention: 7 });
  const Action = "sqs:SendMessage";
  const Statement = [{ Effect: "Allow", Action, Resource: queue.getProperty("QueueArn") }];
  aws.addLambdaFunction({
    name: "f",
    role: aws.addRole({ name: "r", policies: { send: { Version: "2012-10-17", Statement } } }),
    handler: "main.f",
    environment: { QUEUE_URL: queue.getProperty("QueueUrl") },
    layers: [aws.addLayer({ name: "tools", content: Buffer.from("${zip}", "base64") })],
    logging: { format: "JSON", group: group.getProperty("LogGroupName") },
    code: python\`def f(event, context): return 1\`,
  });
};
`;
export const resources = 7;

/** Of a workspace with a name: what it was, and with two other names and two things less. */
export const named = (later: boolean) => `import { python, touchdown } from "touchdown-aws";
export default touchdown({ name: "media" }, (workspace) => {
  const aws = workspace.addAws({ region: "eu-west-1" });
  const role = aws.addRole({ name: "r" });
  const queue = aws.addQueue({ name: "${later ? "tasks" : "jobs"}" });
  const environment = { QUEUE_URL: queue.getProperty("QueueUrl") };
  const code = python\`def f(event, context): return 1\`;
  const add = (name) => aws.addLambdaFunction({ name, role, environment, handler: "main.f", code });
  const made = add("${later ? "g" : "f"}");
  add("user");
  ${later ? 'workspace.moved(queue, { from: "jobs" }); workspace.moved(made, { from: "f" });' : 'add("old"); aws.addQueue({ name: "old" });'}
});
`;
