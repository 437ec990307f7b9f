/** A cold import of set M's modules with and without `bytecode: true`, as a Lambda function starts: nothing can be written. */
import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { medians, printRows, running } from "./support/measure.ts";
import { command, packageSet, sets } from "./support/package-sets.ts";

const root = mkdtempSync(join(tmpdir(), "touchdown-bench-"));
const imports = "import fastapi, boto3, sqlalchemy, httpx, cryptography, pydantic, mangum";

/** Built for the Python that is here, so that it can be imported here. */
async function unpacked(bytecode: boolean, minor: string): Promise<string> {
  const folder = join(root, String(bytecode));
  mkdirSync(folder);
  writeFileSync(join(folder, "requirements.txt"), `${sets.M.join("\n")}\n`);
  writeFileSync(
    join(folder, "Touchdownfile.ts"),
    `export default (workspace) => {
  workspace.addPythonPackage({ name: "app", runtime: "python${minor}", requirements: "requirements.txt", bytecode: ${bytecode} });
};
`,
  );
  const { env } = packageSet("M");
  const words = [...command, "build", "--out", folder];
  await running({ name: "build", words, cwd: folder, env });
  const target = join(folder, "task");
  const script = "import sys, zipfile; zipfile.ZipFile(sys.argv[1]).extractall(sys.argv[2])";
  execFileSync("python3", ["-c", script, join(folder, "app.zip"), target]);
  return target;
}

try {
  const version = spawnSync(
    "python3",
    ["-c", "import sys; print('%d.%d' % sys.version_info[:2])"],
    { encoding: "utf8" },
  ).stdout.trim();
  const commands = await Promise.all(
    [false, true].map(async (bytecode) => ({
      name: `bytecode: ${bytecode}`,
      words: ["python3", "-B", "-c", imports],
      env: { PYTHONPATH: await unpacked(bytecode, version) },
    })),
  );
  const [withoutMs = 0, withMs = 0] = medians(commands, { rounds: 5 });
  printRows([
    {
      what: "M: cold import with bytecode",
      value: `${(withMs / withoutMs).toFixed(2)} ×`,
      against: `without (${withMs.toFixed(0)} against ${withoutMs.toFixed(0)} ms)`,
    },
  ]);
} finally {
  rmSync(root, { recursive: true, force: true });
}
