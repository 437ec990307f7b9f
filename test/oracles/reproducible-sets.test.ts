/** The matrix of docs/reproducible.md, on the real distributions of the benchmarks' sets S, M and L. */
import { afterAll, beforeAll, beforeEach } from "vitest";
import { sets } from "../../bench/support/package-sets.ts";
import { originalOf, type Original } from "../support/clones.ts";
import { touchdownfile } from "../support/package-world.ts";
import { reproducibilityMatrix } from "../support/reproducibility-matrix.ts";
import { uvForTests } from "../support/uv-for-tests.ts";

let made: Original | undefined;

const files = {
  "Touchdownfile.ts": touchdownfile(`
    for (const name of ["S", "M", "L"])
      workspace.addPythonPackage({ name, runtime: "python3.13", requirements: \`\${name}/requirements.txt\`, sources: ["app"] });
    workspace.addPythonPackage({ name: "M-bytecode", runtime: "python3.11", requirements: "M/requirements.txt", sources: ["app"], bytecode: true });`),
  ...Object.fromEntries(
    Object.entries(sets).map(([name, lines]) => [`${name}/requirements.txt`, lines.join("\n")]),
  ),
  "app/__init__.py": "",
  "app/a.py": "a = 1\n",
  "app/b.py": "b = 1\n",
};

beforeAll(async () => {
  const uv = await uvForTests();
  if (uv !== undefined) made = await originalOf({ uv }, files);
});

afterAll(() => made?.world.remove());

beforeEach((context) => {
  if (made === undefined) context.skip("needs uv");
});

reproducibilityMatrix({
  original: () => {
    if (made === undefined) throw new Error("skipped where there is no uv");
    return made;
  },
  packages: 4,
  folders: ["app"],
  edited: { file: "app/a.py", changes: ["S", "M", "L", "M-bytecode"], keeps: [] },
  alone: ["L", "S"],
});
