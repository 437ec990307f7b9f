import type { Workspace } from "touchdown-aws";
import { python } from "touchdown-aws";

const inPython = python`
def hello_world(event, context):
    return {"greeting": f"Hello, {event.get('name', 'world')}"}
`;

function helloWorld(event: { name?: string }) {
  return { greeting: `Hello, ${event.name ?? "world"}` };
}

export default (workspace: Workspace) => {
  const aws = workspace.addAws({ region: "eu-west-1" });
  const role = aws.addRole({ name: "hello-world" });

  aws.addLambdaFunction({
    name: "hello-python",
    role,
    runtime: "python3.13",
    handler: "main.hello_world",
    code: inPython,
  });

  aws.addLambdaFunction({
    name: "hello-javascript",
    role,
    runtime: "nodejs22.x",
    handler: "main.helloWorld",
    code: helloWorld,
  });
};
