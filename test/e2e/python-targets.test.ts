/** One package for functions of several targets, through the built command. */
import { expect, test } from "vitest";
import { touchdownfile } from "../support/package-world.ts";
import { usePackageWorld } from "../support/use-package-world.ts";

const used = usePackageWorld([]);

test.each([
  ["sources alone", '{ sources: ["app.py"] }', "", ["one", "two python3.13 x86_64"]],
  [
    "a part of a named one",
    '{ name: "shared", sources: ["app.py"] }',
    ".code",
    ["shared code", "shared code python3.13 x86_64"],
  ],
])("one package for two targets is built once for each: %s", async (_, args, part, names) => {
  await used.world.write({
    "Touchdownfile.ts": touchdownfile(`
      const shared = workspace.addPythonPackage(${args})${part};
      const aws = workspace.addAws({ region: "eu-west-1" });
      const add = (name: string, runtime: "python3.11" | "python3.13") =>
        aws.addLambdaFunction({ name, runtime, role: "arn:aws:iam::123456789012:role/r", handler: "app.handler", code: shared });
      add("one", "python3.11"); add("two", "python3.13"); add("three", "python3.11");`),
    "app.py": "",
  });
  expect([...(await used.world.build()).keys()]).toEqual(names);
});
