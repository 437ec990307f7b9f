/**
 * How long touchdown takes to start, against a Node that does nothing. Goals: --help 1.3 ×, a
 * Touchdownfile that was compiled before 1.5 ×, three clients 2 ×.
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { fastest, printRatios } from "./support/fastest.ts";

const root = resolve(import.meta.dirname, "..");
const command = join(root, "dist/touchdown.cjs");
const clients = ["lambda", "iam", "sqs"].map((name) => `@aws-sdk/client-${name}`);

const touchdownfile = `import type { Workspace } from "touchdown-aws";
import { names } from "./names";

export default (workspace: Workspace) => {
  const aws = workspace.addAws({ region: "eu-west-1" });
  aws.addLambdaFunction({
    name: names.function,
    handler: "jobs.run",
    role: aws.addRole({ name: names.role }),
    s3File: { bucket: "zips", key: "jobs.zip" },
  });
};
`;

const folder = mkdtempSync(join(tmpdir(), "touchdown-bench-"));
const fromModules = join(root, "bench", ".clients.mjs");
try {
  const write = (name: string, text: string): string => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };
  const file = write("Touchdownfile.ts", touchdownfile);
  write("names.ts", 'export const names = { function: "jobs", role: "jobs-role" } as const;\n');
  const bundle = JSON.stringify(join(root, "dist/clients.cjs"));
  const uses = clients.map((name) => `clients["${name}"]();`).join("\n");
  // In the clone, so that node_modules is found from it.
  writeFileSync(fromModules, clients.map((name) => `import "${name}";`).join("\n"));
  const cold = join(folder, "cold");
  const dot = ["dot", "--file", file];
  const contenders = [
    { name: "node, empty", words: [write("empty.cjs", "")] },
    { name: "touchdown --help", words: [command, "--help"] },
    {
      name: "a Touchdownfile, compiled before",
      words: [command, ...dot],
      cache: join(folder, "warm"),
    },
    {
      name: "a Touchdownfile, empty cache",
      words: [command, ...dot],
      cache: cold,
      before: () => rmSync(cold, { recursive: true, force: true }),
    },
    {
      name: "three AWS clients, bundled",
      words: [write("clients.cjs", `const clients = require(${bundle});\n${uses}`)],
    },
    { name: "three AWS clients, node_modules", words: [fromModules] },
  ];
  printRatios(contenders, fastest(contenders, { rounds: 15 }));
} finally {
  rmSync(folder, { recursive: true });
  rmSync(fromModules, { force: true });
}
