import { readdirSync } from "node:fs";
import { basename, join } from "node:path";
import { touchdown, type Workspace } from "touchdown-aws";

/** A service is a folder: its functions are its modules, its requirements are theirs. */
const services = {
  billing: { runtime: "python3.11", architecture: "x86_64" },
  orders: { runtime: "python3.11", architecture: "x86_64" },
  reports: { runtime: "python3.13", architecture: "arm64" },
  users: { runtime: "python3.13", architecture: "x86_64" },
} as const;

/** Functions that got another name, with the one before: { "users-hello": "users-greet" } */
const renamed: Record<string, string> = {};

export default touchdown({ name: "monorepo" }, (workspace) => {
  const places = placesOf(workspace);
  for (const [service, { runtime, architecture }] of Object.entries(services)) {
    const folder = join(import.meta.dirname, "services", service);
    const modules = readdirSync(folder).filter((name) => name.endsWith(".py"));
    for (const module of modules.sort()) {
      const name = `${service}-${basename(module, ".py")}`;
      const code = workspace.addPythonPackage({
        requirements: `services/${service}/requirements.txt`,
        sources: [`services/${service}/${module}`],
      });
      for (const { aws, role } of places) {
        const made = aws.addLambdaFunction({
          name,
          role,
          runtime,
          architectures: [architecture],
          handler: `${basename(module, ".py")}.handler`,
          code,
        });
        const from = renamed[name];
        if (from !== undefined) workspace.moved(made, { from });
      }
    }
  }
});

/** Your own account and Ireland; or all that ACCOUNTS and REGIONS list, the accounts each through a role of its own. */
function placesOf(workspace: Workspace) {
  const { ACCOUNTS = "", REGIONS = "eu-west-1" } = process.env;
  const regions = REGIONS.split(" ");
  return ACCOUNTS.split(" ").flatMap((account) => {
    const own = account === "";
    const credentials = {
      expectAccount: account,
      assumeRole: { arn: `arn:aws:iam::${account}:role/deploy` },
    };
    const accounts = regions.map((region) =>
      workspace.addAws({
        region,
        ...(own ? {} : { name: `${account} ${region}`, ...credentials }),
      }),
    );
    // A role is the account's, whatever the region: once.
    const role = accounts[0]?.addRole({
      name: "monorepo",
      managedPolicies: ["arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"],
    });
    return role === undefined ? [] : accounts.map((aws) => ({ aws, role }));
  });
}
