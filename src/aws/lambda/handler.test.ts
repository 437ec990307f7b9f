import { describe, expect, test } from "vitest";
import { handlerProblems } from "./handler.ts";

function problemsOf(language: string, handler: string, paths: string[], layers = false): string[] {
  const given = { language, handler, paths, zip: "lambda.zip", layers };
  return handlerProblems(given).map(({ message, hint, severity }) =>
    [severity, message, hint].filter((part) => part !== undefined).join(" | "),
  );
}

describe("Python", () => {
  test.each([
    ["mymodule.f", "mymodule.py"],
    ["mymodule.f", "mymodule.pyc"],
    ["mymodule.f", "mymodule.cpython-313-x86_64-linux-gnu.so"],
    ["mymodule.f", "mymodule.abi3.so"],
    ["mymodule.f", "mymodule/__init__.py"],
    ["a.b.f", "a/b.py"],
    ["a/b.f", "a/b.py"],
  ])("%s is found in %s", (handler, path) => {
    expect(problemsOf("python", handler, [path])).toEqual([]);
  });

  test("a module that is not there is named, with the nearest one", () => {
    expect(problemsOf("python", "mymodule.f", ["my_module.py", "six.py"])).toEqual([
      'names mymodule, and lambda.zip has no mymodule.py, did you mean "my_module"? | it has my_module.py, six.py',
    ]);
  });

  test("a folder that was zipped with what is in it is pointed at", () => {
    expect(problemsOf("python", "mymodule.f", ["src/mymodule.py"])).toEqual([
      "names mymodule, and lambda.zip has no mymodule.py | it has src/mymodule.py: zip what is in the folder, not the folder",
    ]);
  });

  test("a layer that can't be seen makes it a warning", () => {
    expect(problemsOf("python", "mymodule.f", ["x.txt"], true)).toEqual([
      "warning | names mymodule, and lambda.zip has no mymodule.py; one of its layers may have it",
    ]);
  });

  test.each(["mymodule", ".f", "mymodule."])("%s is not a module and a function", (handler) => {
    expect(problemsOf("python", handler, ["mymodule.py"])).toEqual([
      `must be a module and a function in it (mymodule.myfunction), got ${handler}`,
    ]);
  });
});

describe("Node", () => {
  test.each([
    ["index.handler", "index.js"],
    ["index.handler", "index.mjs"],
    ["index.handler", "index.cjs"],
    ["index.api.get", "index.js"],
    ["src/app.handler", "src/app.js"],
    ["app.handler", "app/index.js"],
  ])("%s is found in %s", (handler, path) => {
    expect(problemsOf("nodejs", handler, [path])).toEqual([]);
  });

  test("a Python file is no Node module", () => {
    expect(problemsOf("nodejs", "index.handler", ["index.py"])).toEqual([
      "names index, and lambda.zip has no index.js",
    ]);
  });
});

test("Java's two forms are accepted, another is not", () => {
  expect(problemsOf("java", "com.example.Handler::handleRequest", [])).toEqual([]);
  expect(problemsOf("java", "com.example.Handler", [])).toEqual([]);
  expect(problemsOf("java", "com.example.Handler:handle", [])).toEqual([
    "must be package.Class::method or package.Class, got com.example.Handler:handle",
  ]);
});

test.each(["dotnet", "provided", "ruby"])("%s is not looked into", (language) => {
  expect(problemsOf(language, "whatever", [])).toEqual([]);
});
