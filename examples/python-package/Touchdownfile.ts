import type { Workspace } from "touchdown-aws";
import { serializers } from "touchdown-aws";

export default (workspace: Workspace) => {
  const aws = workspace.addAws({ region: "eu-west-1" });
  const myqueue = aws.addQueue({ name: "myqueue" });

  aws.addLambdaFunction({
    name: "myfunction",
    role: aws.addRole({
      name: "myrole",
      managedPolicies: ["arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"],
    }),
    runtime: "python3.11",
    handler: "mymodule.myfunction",
    code: workspace.addPythonPackage({
      requirements: "requirements.txt",
      project: ".",
      sources: ["mymodule.py"],
      files: {
        "settings.json": serializers.json({ AWS_SQS_URL: myqueue.getProperty("QueueUrl") }),
      },
    }),
  });
};
