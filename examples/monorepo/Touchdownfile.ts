import { readdirSync } from "node:fs";
import { basename, join } from "node:path";
import type { Workspace } from "touchdown-aws";

/** A service is a folder: its functions are its modules, its requirements are theirs. */
const services = {
  billing: { runtime: "python3.11", architecture: "x86_64" },
  orders: { runtime: "python3.11", architecture: "x86_64" },
  reports: { runtime: "python3.13", architecture: "arm64" },
  users: { runtime: "python3.13", architecture: "x86_64" },
} as const;

export default (workspace: Workspace) => {
  const aws = workspace.addAws({ region: "eu-west-1" });
  const role = aws.addRole({
    name: "monorepo",
    managedPolicies: ["arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"],
  });
  for (const [service, { runtime, architecture }] of Object.entries(services)) {
    const folder = join(import.meta.dirname, "services", service);
    const modules = readdirSync(folder).filter((name) => name.endsWith(".py"));
    for (const module of modules.sort()) {
      const name = basename(module, ".py");
      aws.addLambdaFunction({
        name: `${service}-${name}`,
        role,
        runtime,
        architectures: [architecture],
        handler: `${name}.handler`,
        code: workspace.addPythonPackage({
          requirements: `services/${service}/requirements.txt`,
          sources: [`services/${service}/${module}`],
        }),
      });
    }
  }
};
