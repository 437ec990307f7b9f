import { execFile } from "node:child_process";
import { cp, mkdir, mkdtemp, readdir, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";

const root = resolve(import.meta.dirname, "../..");

type Report = {
  readonly modules: readonly { readonly source: string; readonly orphan: boolean }[];
  readonly summary: {
    readonly violations: readonly {
      readonly from: string;
      readonly rule: { readonly name: string };
    }[];
  };
};

/** Each file, what it imports, and the rule that must refuse it. */
const wrong: readonly (readonly [file: string, text: string, rule: string])[] = [
  ["src/zip/a.ts", 'import "../host/fine.ts";', "wall-zip"],
  [
    "src/zip/type.ts",
    'import type { fine } from "../host/fine.ts"; export type A = typeof fine;',
    "wall-zip",
  ],
  ["src/zip/lazy.ts", 'await import("../host/fine.ts");', "wall-zip"],
  ["src/host/a.ts", 'import "../core/fine.ts";', "wall-host"],
  ["src/core/a.ts", 'import "../aws/fine.ts";', "wall-core"],
  ["src/store/a.ts", 'import "../core/fine.ts";', "wall-store"],
  ["src/aws/a.ts", 'import "../bundle/fine.ts";', "wall-aws"],
  ["src/aws/b.ts", 'import "../python/fine.ts";', "wall-aws"],
  ["src/bundle/a.ts", 'import "../aws/fine.ts";', "wall-bundle"],
  ["src/bundle/b.ts", 'import "../store/fine.ts";', "wall-bundle"],
  ["src/python/a.ts", 'import "../bundle/fine.ts";', "wall-python"],
  ["src/local/a.ts", 'import "../core/fine.ts";', "wall-local"],
  ["src/cli/a.ts", 'import "../aws/fine.ts";', "wall-cli"],
  ["src/errors.ts", 'import "./core/fine.ts";', "wall-errors.ts"],
  ["src/serializers.ts", 'import "./host/fine.ts";', "wall-serializers.ts"],
  ["src/workspace.ts", 'import "./cli/fine.ts";', "wall-workspace.ts"],
  ["src/index.ts", 'import "./cli/fine.ts";', "wall-index.ts"],
  ["src/touchdownfile/a.ts", 'import "../core/fine.ts";', "wall-touchdownfile"],
  ["src/helpers.ts", 'import "./core/fine.ts";', "known-place"],
  ["src/alone.ts", "export {};", "known-place-alone"],
  ["src/utils/a.ts", 'import "../core/fine.ts";', "known-place"],
  [
    "src/aws/sqs/queue.ts",
    'import { SQSClient } from "@aws-sdk/client-sqs"; new SQSClient();',
    "aws-sdk-by-type",
  ],
  ["src/aws/sqs/lazy.ts", 'await import("@aws-sdk/client-sqs");', "aws-sdk-by-type"],
  ["src/core/one.ts", 'import type { Two } from "./two.ts"; export type One = Two;', "no-cycle"],
  ["src/core/product.ts", 'import "./fine.test.ts";', "no-tests-in-product"],
  ["src/core/lost.ts", 'import "./nowhere.ts";', "resolvable"],
];

/** What must not be refused, or the walls are too high. */
const right: readonly (readonly [file: string, text: string])[] = [
  ...[
    "zip",
    "host",
    "core",
    "store",
    "aws",
    "bundle",
    "python",
    "local",
    "touchdownfile",
    "cli",
  ].map((room) => [`src/${room}/fine.ts`, "export const fine = 1;"] as const),
  ["src/aws/client.ts", 'await import("@aws-sdk/client-sqs");'],
  [
    "src/aws/reads.ts",
    'import type { SQSClient } from "@aws-sdk/client-sqs"; export type A = SQSClient;',
  ],
  [
    "src/aws/uses.ts",
    'import "../core/fine.ts"; import "../host/fine.ts"; import "../zip/fine.ts";',
  ],
  // A cycle is reported once, at its first file.
  ["src/core/two.ts", 'import type { One } from "./one.ts"; export type Two = One;'],
  ["src/core/fine.test.ts", 'import "../aws/fine.ts";'],
];

test("the walls are checked in every file of src", async () => {
  const { modules, summary } = await cruise(root);
  const seen = modules.map((module) => module.source).filter((path) => path.startsWith("src/"));
  const all = (await readdir(join(root, "src"), { recursive: true }))
    .filter((path) => path.endsWith(".ts"))
    .map((path) => `src/${path.replaceAll("\\", "/")}`);
  expect(seen.toSorted()).toEqual(all.toSorted());
  expect(summary.violations).toEqual([]);
});

test("an import over a wall is refused by the name of the wall, and no other import is", async () => {
  const folder = await mkdtemp(join(tmpdir(), "touchdown-walls-"));
  try {
    for (const file of [".dependency-cruiser.mjs", "tsconfig.json", "package.json"]) {
      await cp(join(root, file), join(folder, file));
    }
    await symlink(join(root, "node_modules"), join(folder, "node_modules"));
    for (const [file, text] of [...wrong, ...right]) {
      await mkdir(dirname(join(folder, file)), { recursive: true });
      await writeFile(join(folder, file), text);
    }
    const { summary } = await cruise(folder);
    const refused = new Set(summary.violations.map(({ from, rule }) => `${from}: ${rule.name}`));
    expect([...refused].toSorted()).toEqual(
      wrong.map(([file, , rule]) => `${file}: ${rule}`).toSorted(),
    );
  } finally {
    await rm(folder, { recursive: true });
  }
});

async function cruise(folder: string): Promise<Report> {
  const tool = join(root, "node_modules/dependency-cruiser/bin/dependency-cruise.mjs");
  const output = await promisify(execFile)(
    process.execPath,
    [tool, "src", "--output-type", "json"],
    { cwd: folder, maxBuffer: 64 * 1024 * 1024 },
  ).catch((error: { stdout: string }) => error);
  return JSON.parse(output.stdout) as Report;
}
