/** The bytes of a few zips, committed as their sha256: a change of bytes is seen, and meant. */
import { readFile } from "node:fs/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { findBytecodePython } from "../../src/python/bytecode/bytecode-python.ts";
import { stagesVersion } from "../../src/python/package-key.ts";
import { pythonRuntimes } from "../../src/python/wheel/targets.ts";
import { makeWheel } from "../support/make-wheel.ts";
import { startPackageIndex } from "../support/package-index.ts";
import type { PackageIndex } from "../support/package-index.ts";
import { packageWorld, touchdownfile } from "../support/package-world.ts";
import type { PackageWorld } from "../support/package-world.ts";
import { pylockText } from "../support/pylock-text.ts";

const wheels = [
  makeWheel(
    {
      "plain/__init__.py": "from .deep import one\n",
      "plain/deep/one.py": "one = 1\n".repeat(2_000),
      "plain/data.bin": Buffer.from(Array.from({ length: 3_000 }, (_, n) => (n * n * 7) % 251)),
      "plain/empty.py": "",
      "plain/Ångström.txt": "Å\n",
    },
    { name: "plain", distInfo: { INSTALLER: "pip\n", REQUESTED: "" } },
  ),
  makeWheel({ "space/one.py": "one = 1\n" }, { name: "space-one" }),
  makeWheel({ "space/two.py": "two = 2\n" }, { name: "space-two", stored: true }),
  makeWheel(
    {
      "tool/__init__.py": "def main(): ...\n",
      "tool-1.0.data/scripts/run-tool": "#!python\nprint('run')\n",
      "tool-1.0.data/scripts/tool.sh": "#!/bin/sh\ntrue\n",
      "tool-1.0.data/data/share/tool.txt": "shared\n",
      "tool-1.0.data/platlib/tool/more.py": "more = 1\n",
    },
    {
      name: "tool",
      entryPoints: "[console_scripts]\ntool = tool:main\n",
      modes: { "tool-1.0.data/scripts/run-tool": 0o755, "tool-1.0.data/scripts/tool.sh": 0o755 },
    },
  ),
];

interface Golden {
  readonly stagesVersion: number;
  readonly zips: Readonly<Record<string, string>>;
  /** By the exact version of the Python that compiled. */
  readonly bytecode: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

const file = new URL("../fixtures/zips/golden.json", import.meta.url);
const golden = JSON.parse(await readFile(file, "utf8")) as Golden;

let index: PackageIndex;
let world: PackageWorld;

beforeAll(async () => {
  index = await startPackageIndex(wheels);
  world = await packageWorld({ index });
});
afterAll(async () => {
  await index.stop();
  await world.remove();
});

test("the zips have the bytes that they had", async () => {
  await world.write({
    "Touchdownfile.ts": touchdownfile(`
      const target = { runtime: "python3.12", architecture: "arm64" } as const;
      const add = (name: string, wheels: string, more: object) =>
        workspace.addPythonPackage({ ...target, name, lock: \`\${wheels}/pylock.toml\`, requirements: \`\${wheels}/requirements.txt\`, ...more });
      workspace.addPythonPackage({ ...target, name: "sources", sources: ["app", "run.py"] });
      workspace.addPythonPackage({ ...target, name: "files", sources: ["run.py"], files: { "settings.json": serializers.json({ b: [1, 2], a: "é" }) } });
      add("plain", "plain", { sources: ["run.py"] });
      add("namespace-package", "space", { sources: ["run.py"] });
      add("scripts", "tool", { sources: ["run.py"] });
      const all = workspace.addPythonPackage({ lock: "all/pylock.toml", requirements: "all/requirements.txt", sources: ["app"], exclude: ["*.txt"] });
      const aws = workspace.addAws({ region: "eu-west-1" });
      aws.addLambdaFunction({ runtime: target.runtime, architectures: [target.architecture], name: "all", role: "arn:aws:iam::123456789012:role/r", handler: "app.handler", code: all });
      aws.addLayer({ name: "layer", content: all.dependencies, compatibleRuntimes: ["python3.12"], compatibleArchitectures: ["arm64"] });`),
    ...locks({ plain: [0], space: [1, 2], tool: [3], all: [0, 1, 2, 3] }),
    "app/__init__.py": "",
    "app/handler.py": "def handler(event, context):\n    return event\n".repeat(100),
    "app/Ünïcode.py": "x = 1\n",
    "run.py": "print(1)\n",
  });
  const zips = await built();
  const { bytecode: _, ...others } = golden;
  expectBytes({ stagesVersion, zips }, others);
});

/** All that marshal and the compiler treat in a way of its own. */
const delicate = `
"""Words."""
numbers = (0.0, -0.0, 1e9, 1e9, 3j, -3j, 2**70, True, 1, 1.0, b"\\x00", None, ...)
class Ä:
    """Of a class."""
    x: int = 1
    def f(self, a=(1, "x y"), *, b={"k": [1, 2]}):
        return lambda y: (a, b, y, f"{self.x!r:>10}", y in {"a", "b c", b"q", 7})
async def g(n):
    async with n as m:
        return [await x async for x in m if x not in ("a", "b")]
`;

// an exact version that no machine has any more is taken out, and another put in
test.for(Object.keys(golden.bytecode))(
  "with the bytecode of Python %s",
  async (version, context) => {
    const runtime = pythonRuntimes.find((each) => `${version}.`.startsWith(`${each.slice(6)}.`))!;
    const target = { runtime, architecture: "x86_64" } as const;
    const python = await findBytecodePython(target).catch(() => undefined);
    if (python?.version !== version) return context.skip(`needs Python ${version}`);
    await world.write({
      "Touchdownfile.ts": touchdownfile(`
      const bytecode = workspace.addPythonPackage({ runtime: "${runtime}", name: "bytecode", lock: "all/pylock.toml", requirements: "all/requirements.txt", sources: ["own"], bytecode: true });
      const aws = workspace.addAws({ region: "eu-west-1" });
      aws.addLambdaFunction({ runtime: "${runtime}", name: "whole", role: "arn:aws:iam::123456789012:role/r", handler: "own.delicate.g", code: bytecode });
      aws.addLayer({ name: "layer", content: bytecode.dependencies, compatibleRuntimes: ["${runtime}"], compatibleArchitectures: ["x86_64"] });`),
      ...locks({ all: [0, 1, 2, 3] }),
      "own/__init__.py": "",
      "own/delicate.py": delicate,
    });
    expectBytes({ [version]: await built() }, { [version]: golden.bytecode[version] });
    return undefined;
  },
);

function expectBytes(received: object, committed: object): void {
  expect(
    received,
    `Other bytes than before: every user's zips change with this. If that is meant, raise stagesVersion in
src/python/package-key.ts, say so in CHANGELOG.md, and put what was received into test/fixtures/zips/golden.json.`,
  ).toEqual(committed);
}

/** A folder for each name, with a lock of those wheels. */
function locks(folders: Readonly<Record<string, readonly number[]>>): Record<string, string> {
  const files = Object.entries(folders).flatMap(([name, numbers]) => [
    [
      `${name}/pylock.toml`,
      pylockText(
        index,
        numbers.map((number) => wheels[number]!),
      ),
    ],
    [`${name}/requirements.txt`, ""],
  ]);
  return Object.fromEntries(files) as Record<string, string>;
}

async function built(): Promise<Record<string, string>> {
  const all = [...(await world.build()).values()].map(({ name, sha256 }) => [name, sha256]);
  return Object.fromEntries(all) as Record<string, string>;
}
