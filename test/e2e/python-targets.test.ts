/** One package for functions of several targets, through the built command. */
import { expect, test } from "vitest";
import { makeWheel } from "../support/make-wheel.ts";
import { textIn, touchdownfile } from "../support/package-world.ts";
import { usePackageWorld } from "../support/use-package-world.ts";

const tags = [
  "cp311-cp311-manylinux2014_x86_64",
  "cp311-cp311-manylinux2014_aarch64",
  "cp313-cp313-manylinux2014_x86_64",
] as const;

const used = usePackageWorld(
  tags.map((tag) => makeWheel({ "fast/which.py": tag }, { name: "fast", tag })),
);

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

test("of one lock each target has its own wheels, also when what the lock says was looked up before", async () => {
  const write = (code: string) =>
    used.world.write({
      "Touchdownfile.ts": touchdownfile(`
        const add = (name: string, runtime: "python3.11" | "python3.13", architecture: "x86_64" | "arm64") =>
          workspace.addPythonPackage({ name, runtime, architecture, requirements: "requirements.txt", sources: ["app.py"] });
        add("a", "python3.11", "x86_64"); add("b", "python3.11", "arm64"); add("c", "python3.13", "x86_64");`),
      "requirements.txt": "fast\n",
      "app.py": code,
    });
  for (const code of ["x = 1\n", "x = 2\n"]) {
    await write(code);
    const built = [...(await used.world.build()).values()];
    expect(built.map(({ path }) => textIn(path, "fast/which.py"))).toEqual(tags);
  }
});
