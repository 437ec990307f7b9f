import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { sha256Hex } from "../host/sha256.ts";
import type { Selection } from "./lock/locked.ts";
import { resolveLock } from "./resolve-lock.ts";
import { PackageSession } from "./session.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "touchdown-resolve-"));
  vi.stubEnv("TOUCHDOWN_CACHE_DIR", join(folder, "cache"));
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true });
});

const tags = [
  "cp311-cp311-manylinux2014_x86_64",
  "cp311-cp311-manylinux2014_aarch64",
  "cp313-cp313-manylinux2014_x86_64",
];

function locked(name: string, wheelTags: readonly string[], marker?: string): string {
  const wheels = wheelTags.map((tag) => {
    const file = `${name}-1.0-${tag}.whl`;
    return `{ name = "${file}", path = "${file}", hashes = { sha256 = "${"ab".repeat(32)}" } }`;
  });
  const when = marker === undefined ? "" : `marker = "${marker}"\n`;
  return `[[packages]]\nname = "${name}"\nversion = "1.0"\n${when}wheels = [${wheels.join(", ")}]\n`;
}

const lock = `lock-version = "1.0"
created-by = "a test"
extras = ["more"]
dependency-groups = ["dev"]
${locked("fast", tags)}
${locked("more", ["py3-none-any"], "'more' in extras")}
${locked("dev", ["py3-none-any"], "'dev' in dependency_groups")}`;

test("what a lock says is remembered for each target, extra and group apart", async () => {
  const path = join(folder, "pylock.toml");
  await writeFile(path, lock);
  const asked = async (session: PackageSession, selection: Partial<Selection>) => {
    const target = { runtime: "python3.11", architecture: "x86_64" } as const;
    const all = { target, extras: [], groups: [], ...selection };
    const resolved = await resolveLock(session, { path, sha256: sha256Hex(lock) }, all);
    return resolved.map((each) => (each.kind === "wheel" ? each.file.name : each.name));
  };
  const fast = (tag: number) => `fast-1.0-${tags[tag]}.whl`;
  const cases: readonly (readonly [Partial<Selection>, readonly string[]])[] = [
    [{}, [fast(0)]],
    [{ target: { runtime: "python3.11", architecture: "arm64" } }, [fast(1)]],
    [{ target: { runtime: "python3.13", architecture: "x86_64" } }, [fast(2)]],
    [{ extras: ["more"] }, [fast(0), "more-1.0-py3-none-any.whl"]],
    [{ groups: ["dev"] }, ["dev-1.0-py3-none-any.whl", fast(0)]],
  ];
  // the second session has what the first has put into the store
  for (const session of [1, 2].map(() => new PackageSession({ folder, locked: true })))
    for (const [selection, names] of cases)
      expect((await asked(session, selection)).toSorted()).toEqual(names.toSorted());
});
