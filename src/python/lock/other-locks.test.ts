import { dirname, join, resolve } from "node:path";
import { expect, test } from "vitest";
import type { LockedPackage, Selection } from "./locked.ts";
import { readLock } from "./read-lock.ts";

const locks = resolve("test/fixtures/locks");
const target = { runtime: "python3.12", architecture: "x86_64" } as const;
const oldTarget = { ...target, runtime: "python3.9" } as const;

function read(lock: string, selection: Partial<Selection> = {}): Promise<readonly LockedPackage[]> {
  return readLock(join(locks, lock), { target, extras: [], groups: [], ...selection });
}

async function namesOf(lock: string, selection: Partial<Selection> = {}): Promise<string[]> {
  const packages = await read(lock, selection);
  return packages.map(({ name, version }) => [name, version].join(" ").trim());
}

const sha256 = (number: number): string => number.toString(16).padStart(64, "0");
const git = {
  kind: "vcs",
  type: "git",
  url: "https://git.index.invalid/from-git.git",
  commit: "0123456789abcdef0123456789abcdef01234567",
};

test("poetry 2: the main group, and groups and extras asked for", async () => {
  const lock = "poetry-2.1/poetry.lock";
  const main = ["django-extra 1.0", "from-git 0.1", "here", "sqlparse 0.5", "vendored 0.2"];
  expect(await namesOf(lock)).toEqual(main);
  expect(await namesOf(lock, { groups: ["dev"], target: oldTarget })).toEqual(
    [...main, "pytest 8.0", "tomli 2.0.1"].toSorted(),
  );
  expect(await namesOf(lock, { extras: ["fast"] })).toEqual([...main, "uvloop 0.19"].toSorted());
  await expect(read(lock, { groups: ["docs"] })).rejects.toMatchObject({ code: "LOCK_SELECTION" });
});

test("poetry 2: files without url, and the other sources", async () => {
  const [django, fromGit, here, sqlparse, vendored] = await read("poetry-2.1/poetry.lock");
  expect(django).toEqual({
    name: "django-extra",
    version: "1.0",
    dependencies: ["sqlparse"],
    source: {
      kind: "files",
      wheels: [{ name: "Django_Extra-1.0-py3-none-any.whl", sha256: sha256(10) }],
      sdist: { name: "Django-Extra-1.0.tar.gz", sha256: sha256(1010) },
    },
  });
  expect(fromGit?.source).toEqual({ ...git, subdirectory: "python" });
  expect(here?.source).toEqual({ kind: "directory", path: join(locks, "here"), editable: true });
  expect(sqlparse?.source).toMatchObject({ indexes: ["https://private.index.invalid/simple"] });
  expect(vendored?.source).toMatchObject({
    wheels: [{ path: join(locks, "poetry-2.1/vendor/vendored-0.2-py3-none-any.whl") }],
  });
});

test.each(["poetry-1.1", "poetry-2.0"])("%s: by walking from pyproject.toml", async (folder) => {
  const lock = `${folder}/poetry.lock`;
  const main = ["anyio 4.0", "h2 4.1", "httpx 0.27", "idna 3.7", "numpy 2.1.0"];
  expect(await namesOf(lock)).toEqual(main);
  expect(await namesOf(lock, { target: oldTarget, groups: ["test"] })).toEqual([
    "anyio 4.0",
    "exceptiongroup 1.2",
    "h2 4.1",
    "httpx 0.27",
    "idna 3.7",
    "numpy 1.26.4",
    "pytest 8.0",
    "tomli 2.0.1",
  ]);
  expect(await namesOf(lock, { extras: ["fast"] })).toEqual([...main, "socksio 1.0.0"]);
  const [anyio] = await read(lock);
  expect(anyio).toMatchObject({
    dependencies: ["idna"],
    source: { wheels: [{ name: "anyio-4.0-py3-none-any.whl", sha256: sha256(40) }] },
  });
  await expect(read(lock, { extras: ["slow"] })).rejects.toMatchObject({ code: "LOCK_SELECTION" });
});

test("pdm: the group default, and the extras and groups asked for", async () => {
  const lock = "pdm/pdm.lock";
  expect(await namesOf(lock)).toEqual(["anyio 4.4.0", "httpx 0.27.0", "idna 3.7"]);
  expect(await namesOf(lock, { extras: ["socks"], target: oldTarget })).toEqual([
    "anyio 4.4.0",
    "exceptiongroup 1.2.1",
    "httpx 0.27.0",
    "idna 3.7",
    "socksio 1.0.0",
  ]);
  const sources = Object.fromEntries(
    (await read(lock, { groups: ["dev"] })).map(({ name, source }) => [name, source]),
  );
  expect(sources).toMatchObject({
    "from-git": git,
    here: { kind: "directory", path: join(locks, "pdm/here"), editable: true },
    anyio: { wheels: [{ name: "anyio-4.4.0-py3-none-any.whl", sha256: sha256(44) }] },
    idna: { wheels: [{ url: "https://files.index.invalid/idna-3.7-py3-none-any.whl" }] },
  });
  await expect(read(lock, { groups: ["docs"] })).rejects.toMatchObject({ code: "LOCK_SELECTION" });
});

test("Pipfile.lock: by hashes, with the index it names unless that needs secrets", async () => {
  const lock = "pipfile/Pipfile.lock";
  expect(await read(lock)).toEqual([
    {
      name: "certifi",
      version: "2024.7.4",
      source: {
        kind: "hashes",
        sha256: [sha256(1), sha256(2)],
        indexes: ["https://index.invalid/simple"],
      },
    },
    { name: "from-git", source: { ...git, subdirectory: "python" } },
    {
      name: "here",
      source: { kind: "directory", path: join(locks, "pipfile/here"), editable: true },
    },
    {
      name: "typing-extensions",
      version: "4.12.2",
      source: { kind: "hashes", sha256: [sha256(4)] },
    },
    {
      name: "vendored",
      source: {
        kind: "files",
        wheels: [
          {
            name: "vendored-0.2-py3-none-any.whl",
            url: "https://files.index.invalid/vendored-0.2-py3-none-any.whl",
            sha256: sha256(5),
          },
        ],
      },
    },
  ]);
  expect(await namesOf(lock, { groups: ["dev", "docs"] })).toEqual([
    "certifi 2024.7.4",
    "from-git",
    "here",
    "pytest 8.0.0",
    "sphinx 7.0",
    "typing-extensions 4.12.2",
    "vendored",
  ]);
});

test("requirements with hashes: includes, continued lines, markers, every kind of line", async () => {
  const lock = "requirements/requirements.txt";
  const indexes = [
    "https://${INDEX_USER}@index.invalid/simple",
    "https://extra.index.invalid/simple",
  ];
  const hashes = (...numbers: number[]) => ({
    kind: "hashes",
    sha256: numbers.map(sha256),
    indexes,
  });
  const packages = await read(lock);
  expect(packages).toEqual([
    {
      name: "by-url",
      source: {
        kind: "files",
        wheels: [
          {
            name: "by_url-0.3-py3-none-any.whl",
            url: "https://files.index.invalid/by_url-0.3-py3-none-any.whl",
            sha256: sha256(13),
          },
        ],
      },
    },
    { name: "certifi", version: "2024.7.4", source: hashes(1) },
    {
      name: "from-git",
      source: {
        ...git,
        url: "https://me@git.index.invalid/from-git.git",
        subdirectory: "python",
      },
    },
    {
      name: "here-project",
      source: {
        kind: "directory",
        path: join(locks, dirname(lock), "here"),
        editable: true,
      },
    },
    { name: "idna", version: "3.7", source: hashes(37, 1037) },
    {
      name: "other",
      source: {
        kind: "files",
        wheels: [],
        sdist: {
          name: "other-0.3.tar.gz",
          url: "https://files.index.invalid/other-0.3.tar.gz",
          sha256: sha256(14),
        },
        subdirectory: "python",
      },
    },
    { name: "typing-extensions", version: "4.12.2", source: hashes(4) },
  ]);
  await expect(read(lock, { extras: ["x"] })).rejects.toMatchObject({ code: "LOCK_SELECTION" });
});
