import { readFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { expect, test } from "vitest";
import type { Selection } from "./locked.ts";
import { readPylock } from "./pylock.ts";

const path = resolve("test/fixtures/locks/pylock/pylock.toml");
const text = await readFile(path, "utf8");
const target = { runtime: "python3.12", architecture: "x86_64" } as const;

function packages(selection: Partial<Selection> = {}, lock = text) {
  return readPylock(lock, {
    path,
    selection: { target, extras: [], groups: [], ...selection },
  });
}

const namesOf = (selection: Partial<Selection>): string[] =>
  packages(selection).map((each) => each.name);

test("the default groups are always in", () => {
  expect(namesOf({})).toEqual(["anyio", "idna"]);
  expect(namesOf({ groups: ["Dev"] })).toEqual(["anyio", "here", "idna", "there"]);
  expect(namesOf({ extras: ["socks"] })).toEqual(["anyio", "idna", "socksio", "wheel-archive"]);
});

test("markers are those of the target", () => {
  expect(namesOf({ target: { ...target, runtime: "python3.10" } })).toEqual([
    "anyio",
    "exceptiongroup",
    "idna",
  ]);
});

test("wheels and sdist, with name, url, size and sha256", () => {
  expect(packages()).toEqual([
    {
      name: "anyio",
      version: "4.4.0",
      dependencies: ["idna"],
      source: {
        kind: "files",
        indexes: ["https://index.invalid/simple"],
        wheels: [
          {
            name: "anyio-4.4.0-py3-none-any.whl",
            url: "https://files.index.invalid/anyio-4.4.0-py3-none-any.whl",
            size: 86_780,
            sha256: "c1b2d8f46a8a812513012e1107cb0e68c17159a7a594208005a57dc776e1bdc7",
          },
        ],
        sdist: {
          name: "anyio-4.4.0.tar.gz",
          url: "https://files.index.invalid/anyio-4.4.0.tar.gz",
          sha256: "5aadc6a1bbb7cdb0bede386cac5e2940f5e2ff3aa20277e991cf028e0585ce94",
        },
      },
    },
    {
      name: "idna",
      version: "3.7",
      source: {
        kind: "files",
        wheels: [
          {
            name: "idna-3.7-py3-none-any.whl",
            path: join(dirname(path), "wheels/idna-3.7-py3-none-any.whl"),
            sha256: "82fee1fc78add43492d3a1898bfa6d8a904cc97d8427f683ed8e798d07761aa0",
          },
        ],
      },
    },
  ]);
});

test("a file's own name counts more than its url's", () => {
  const [, group] = packages({ target: { ...target, runtime: "python3.9" } });
  expect(group?.source).toMatchObject({
    wheels: [{ name: "exceptiongroup-1.2.1-py3-none-any.whl" }],
  });
});

test("archives, folders and repositories", () => {
  const [, , ...archives] = packages({ extras: ["socks"] });
  expect(archives.map((each) => each.source)).toMatchObject([
    {
      kind: "files",
      wheels: [],
      sdist: { name: "socksio+x-1.0.0.tar.gz" },
      subdirectory: "python",
    },
    { kind: "files", wheels: [{ name: "wheel_archive-1-py3-none-any.whl" }] },
  ]);
  const others = packages({ groups: ["dev"] }).filter((each) => each.name.endsWith("here"));
  expect(others.map((each) => each.source)).toEqual([
    {
      kind: "directory",
      path: resolve(path, "../../here"),
      editable: true,
      subdirectory: "python",
    },
    {
      kind: "vcs",
      type: "git",
      url: "https://git.index.invalid/there.git",
      commit: "0123456789abcdef0123456789abcdef01234567",
      subdirectory: "python",
    },
  ]);
});

test("a repository on this machine, a file: url", () => {
  const head = 'lock-version = "1.0"\ncreated-by = "a hand"\n';
  const commit = "0123456789abcdef0123456789abcdef01234567";
  const hash = "82fee1fc78add43492d3a1898bfa6d8a904cc97d8427f683ed8e798d07761aa0";
  const lock = `${head}
    packages = [
      { name = "here", vcs = { type = "git", path = "../here", commit-id = "${commit}" } },
      { name = "six", wheels = [{ url = "file:///w/six-1-py3-none-any.whl", hashes = { sha256 = "${hash}" } }] },
    ]`;
  expect(packages({}, lock).map((each) => each.source)).toMatchObject([
    { url: pathToFileURL(resolve(path, "../../here")).href },
    { wheels: [{ name: "six-1-py3-none-any.whl", path: "/w/six-1-py3-none-any.whl" }] },
  ]);
});

test("an extra or a group that the lock does not have is refused", () => {
  expect(() => packages({ extras: ["sock"] })).toThrow(
    expect.objectContaining({
      code: "LOCK_SELECTION",
      message: `${path} has no extra "sock"`,
      hint: "it has http2, socks",
    }),
  );
  expect(() => packages({ groups: ["test"] })).toThrow(
    expect.objectContaining({ code: "LOCK_SELECTION", hint: "it has default, dev" }),
  );
});

test("a lock of our own is resolved with its extras and groups already", () => {
  const head = 'lock-version = "1.0"\ncreated-by = "touchdown"\npackages = []\n';
  const ours = `${head}[tool.touchdown]\nextras = ["fast"]\ngroups = ["jobs"]\n`;
  expect(packages({ extras: ["fast"], groups: ["jobs"] }, ours)).toEqual([]);
  expect(() => packages({ extras: ["slow"] }, ours)).toThrow(
    expect.objectContaining({ code: "LOCK_SELECTION", hint: "it has fast" }),
  );
});
