import type { Workspace } from "touchdown-aws";

export default (workspace: Workspace) => {
  const aws = workspace.addAws({ region: "eu-west-1" });

  // All of AWS shares one list of bucket names: for your account, choose another.
  const bucket = aws.addBucket({ name: "touchdown-s3-file-example" });
  const zip = aws.addFile({ bucket, name: "report.zip", source: "report.zip" });

  aws.addLambdaFunction({
    name: "report",
    role: aws.addRole({ name: "report" }),
    runtime: "python3.13",
    handler: "report.handler",
    s3File: zip,
  });
};
