import { readFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { expect, test } from "vitest";
import type { LockedPackage, Selection } from "./locked.ts";
import { readUvLock } from "./uv-lock.ts";

const path = resolve("test/fixtures/locks/uv/uv.lock");
const folder = dirname(path);
const text = await readFile(path, "utf8");
const target = { runtime: "python3.12", architecture: "x86_64" } as const;

function packages(selection: Partial<Selection> = {}): readonly LockedPackage[] {
  return readUvLock(text, { path, selection: { target, extras: [], groups: [], ...selection } });
}

function namesOf(selection: Partial<Selection> = {}): readonly string[] {
  return packages(selection).map(({ name, version }) => [name, version].join(" ").trim());
}

test("the project in the lock's folder, its dependencies and theirs", () => {
  expect(namesOf()).toEqual([
    "app",
    "idna 3.7",
    "lib",
    "local-index 0.6",
    "numpy 2.1.0",
    "torch 2.4.0+cpu",
  ]);
});

test("where the lock forks, the target's version", () => {
  expect(namesOf({ target: { ...target, runtime: "python3.9" } })).toContain("numpy 1.26.4");
});

test("an extra of the project, through another, and of a dependency", () => {
  expect(namesOf({ extras: ["All"] })).toEqual([
    "app",
    "h2 4.1.0",
    "httpx 0.27.0",
    "idna 3.7",
    "lib",
    "local-index 0.6",
    "numpy 2.1.0",
    "torch 2.4.0+cpu",
  ]);
});

test("extras that exclude each other", () => {
  expect(namesOf({ extras: ["gpu"] })).toContain("torch 2.4.0");
  expect(namesOf({ extras: ["cpu"] })).toContain("torch 2.4.0+cpu");
  expect(() => packages({ extras: ["cpu", "gpu"] })).toThrow(
    expect.objectContaining({
      code: "LOCK_AMBIGUOUS",
      message: `${path}: two entries of torch are for this target (2.4.0 and 2.4.0+cpu)`,
    }),
  );
});

test("another member, which is virtual and so is not in itself", () => {
  expect(namesOf({ project: join(folder, "tools") })).toEqual(["idna 3.7"]);
});

test("every kind of source", () => {
  const all = packages({ groups: ["test-all"] });
  const sources = Object.fromEntries(all.map(({ name, source }) => [name, source]));
  const sha256 = (number: number): string => number.toString(16).padStart(64, "0");
  expect(sources).toMatchObject({
    app: { kind: "directory", path: folder, editable: true },
    lib: { kind: "directory", path: join(folder, "packages/lib") },
    "from-git": {
      kind: "vcs",
      type: "git",
      url: "https://git.index.invalid/from-git.git",
      commit: "0123456789abcdef0123456789abcdef01234567",
      subdirectory: "python",
    },
    "from-path": {
      wheels: [
        {
          name: "from_path-0.4-py3-none-any.whl",
          path: join(folder, "vendor/from_path-0.4-py3-none-any.whl"),
          sha256: sha256(4),
        },
      ],
    },
    "from-url": {
      wheels: [],
      sdist: {
        name: "from_url-0.5.tar.gz",
        url: "https://files.index.invalid/from_url-0.5.tar.gz",
        sha256: sha256(5),
      },
      subdirectory: "python",
    },
    "local-index": {
      wheels: [{ path: join(folder, "vendor/local_index-0.6-py3-none-any.whl") }],
    },
    idna: {
      indexes: ["https://index.invalid/simple"],
      wheels: [
        {
          name: "idna-3.7-py3-none-any.whl",
          url: "https://files.index.invalid/idna-3.7-py3-none-any.whl",
          size: 37,
          sha256: sha256(37),
        },
      ],
    },
  });
});

test("what each needs of this selection", () => {
  const needs = packages({ extras: ["http2"] }).map(({ name, dependencies }) => [
    name,
    dependencies,
  ]);
  expect(Object.fromEntries(needs)).toMatchObject({
    app: ["httpx", "lib", "numpy", "torch"],
    httpx: ["h2", "idna"],
    lib: ["idna", "local-index"],
    idna: [],
  });
});

test("a group that is empty is known, one that is not there is refused", () => {
  expect(namesOf({ groups: ["empty"] })).toEqual(namesOf());
  expect(() => packages({ groups: ["docs"] })).toThrow(
    expect.objectContaining({
      code: "LOCK_SELECTION",
      message: `${path} has no dependency group "docs"`,
      hint: "it has empty, test-all",
    }),
  );
  expect(() => packages({ project: join(folder, "other") })).toThrow(
    expect.objectContaining({
      code: "LOCK_SELECTION",
      message: `${path} has no project in ${folder}/other`,
      hint: "name the folder of one as project; it has ., packages/lib, tools",
    }),
  );
});
