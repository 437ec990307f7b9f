import type { Workspace } from "touchdown-aws";
import { serializers } from "touchdown-aws";

export default (workspace: Workspace) => {
  const aws = workspace.addAws({ region: "eu-west-1" });
  const myqueue = aws.addQueue({ name: "myqueue" });

  const bundle = workspace.addFuselageBundle({ target: workspace.addLocal() });
  bundle.addFile({
    name: "settings.json",
    contents: serializers.json({ AWS_SQS_URL: myqueue.getProperty("QueueUrl") }),
  });
  bundle.addExecute({ command: "make", unless: "make -q" });

  aws.addLambdaFunction({
    name: "myfunction",
    role: aws.addRole({
      name: "myrole",
      managedPolicies: ["arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"],
    }),
    runtime: "python3.11",
    handler: "mymodule.myfunction",
    code: bundle.addOutput({ name: "lambda.zip" }),
  });
};
