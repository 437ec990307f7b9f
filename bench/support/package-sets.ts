/** The sets S, M and L of design.md: real distributions, locked and fetched on the fly. */
import { spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

export const command = [process.execPath, resolve(import.meta.dirname, "../../dist/touchdown.cjs")];

export const sets = {
  S: ["requests"],
  M: ["fastapi", "mangum", "boto3", "sqlalchemy", "cryptography", "httpx", "pydantic"],
  L: ["pandas", "numpy", "scipy", "requests"],
} as const;

export type SetName = keyof typeof sets;

export interface PackageSet {
  readonly folder: string;
  readonly env: Readonly<Record<string, string>>;
  /** Of the distributions, in the store. */
  readonly wheels: readonly string[];
  /** Write another line to its one source; each time another. */
  readonly edit: () => void;
}

/** Below the system's temporary folder, kept between runs: what was fetched is fetched once. */
const root = join(tmpdir(), "touchdown-bench");

export function packageSet(name: SetName): PackageSet {
  const folder = join(root, name);
  const cache = join(root, "cache", name);
  const env = { TOUCHDOWN_CACHE_DIR: cache };
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "requirements.txt"), `${sets[name].join("\n")}\n`);
  writeFileSync(join(folder, "Touchdownfile.ts"), touchdownfile);
  let edits = 0;
  const edit = (): void => {
    edits += 1;
    const text = `def handler(event, context):\n    return ${process.pid * 1000 + edits}\n`;
    writeFileSync(join(folder, "app.py"), text);
  };
  edit();
  const { status, stderr } = spawnSync(command[0] ?? "", [command[1] ?? "", "build"], {
    cwd: folder,
    env: { ...process.env, ...env },
    encoding: "utf8",
  });
  if (status !== 0) throw new Error(`set ${name} could not be built: ${stderr}`);
  return { folder, env, wheels: storedIn(join(cache, "wheels-v1")), edit };
}

const touchdownfile = `import type { Workspace } from "touchdown-aws";
export default (workspace: Workspace) => {
  workspace.addPythonPackage({
    name: "app",
    runtime: "python3.13",
    requirements: "requirements.txt",
    sources: ["app.py"],
  });
};
`;

/** Every file that the store has in a bucket. */
export function storedIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.name.startsWith("."))
    .map((entry) => join(entry.parentPath, entry.name));
}
