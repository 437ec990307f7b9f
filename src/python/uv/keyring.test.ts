import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { makeWheel } from "../../../test/support/make-wheel.ts";
import { startPackageIndex, type PackageIndex } from "../../../test/support/package-index.ts";
import { openStore } from "../../store/store.ts";
import { fetchFiles } from "../fetch/fetch.ts";
import { Keyring } from "./keyring.ts";

const wheels = ["one", "two", "three"].map((name) => makeWheel({ [`${name}.py`]: "" }, { name }));
let folder: string;
let index: PackageIndex;
let keyring: Keyring;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "touchdown-keyring-"));
  index = await startPackageIndex(wheels);
  index.wantPassword("me", "s3cret");
  keyring = new Keyring();
});
afterEach(async () => {
  await index.stop();
  await rm(folder, { recursive: true, force: true });
});

/** A `keyring` that notes what it is asked, and answers one question. */
async function fakeKeyring(question: string, answer: string): Promise<void> {
  const program = join(folder, "bin", "keyring");
  await mkdir(join(folder, "bin"));
  await writeFile(
    program,
    `#!/bin/sh\nprintf '%s\\n' "$*" >> '${folder}/asked'\n[ "$*" = 'get ${question}' ] || exit 1\nprintf '${answer}\\n'\n`,
  );
  await chmod(program, 0o755);
}

const asked = async (): Promise<readonly string[]> =>
  (await readFile(join(folder, "asked"), "utf8").catch(() => "")).split("\n").filter(Boolean);

/** All wheels, in an environment with nothing else. */
async function fetchAll(environment: Readonly<Record<string, string>>, store = "store") {
  const files = wheels.map(({ name, sha256, bytes }) => ({
    name,
    sha256,
    size: bytes.length,
    url: index.fileUrl(name),
  }));
  const PATH = `${folder}/bin:/usr/bin:/bin`;
  const options = { folder, keyring, store: await openStore(join(folder, store)) };
  const all = { HOME: folder, XDG_CONFIG_DIRS: folder, PATH, ...environment };
  return fetchFiles(files, { ...options, environment: all });
}

const refused = { code: "FETCH_CREDENTIALS" };
const withUser = (): string => index.url.replace("//", "//me@");

test("the password of an index's user is asked for once a run", async () => {
  await fakeKeyring(`${index.url} me`, "s3cret");
  const environment = { UV_KEYRING_PROVIDER: "subprocess", UV_DEFAULT_INDEX: withUser() };
  expect((await fetchAll(environment)).size).toBe(3);
  expect((await fetchAll(environment, "another store")).size).toBe(3);
  expect(await asked()).toEqual([`get ${index.url} me`]);
  expect(index.requests().map(({ status }) => status)).toEqual(Array(6).fill(200));
});

test("without a user both are asked for, of the index and then of its host, after a refusal", async () => {
  const { host } = new URL(index.origin);
  await fakeKeyring(`${host} --mode creds`, "me\\ns3cret");
  await writeFile(join(folder, "uv.toml"), 'keyring-provider = "subprocess"\n');
  expect((await fetchAll({ UV_DEFAULT_INDEX: index.url })).size).toBe(3);
  expect(await asked()).toEqual([`get ${index.url} --mode creds`, `get ${host} --mode creds`]);
});

test.each([
  ["uv's variable", { UV_KEYRING_PROVIDER: "subprocess" }, ""],
  ["pip's variable", { PIP_KEYRING_PROVIDER: "subprocess" }, ""],
  ["pyproject.toml", {}, '[tool.uv]\nkeyring-provider = "subprocess"\n'],
  ["the pip table", {}, '[tool.uv.pip]\nkeyring-provider = "subprocess"\n'],
])("it is asked where %s says so", async (_where, environment, pyproject) => {
  await fakeKeyring(`${index.url} me`, "s3cret");
  await writeFile(join(folder, "pyproject.toml"), pyproject);
  expect((await fetchAll({ UV_DEFAULT_INDEX: withUser(), ...environment })).size).toBe(3);
});

test("it is not asked where nothing, or uv against pip, says so", async () => {
  await fakeKeyring(`${index.url} me`, "s3cret");
  const user = { UV_DEFAULT_INDEX: withUser() };
  await expect(fetchAll(user)).rejects.toMatchObject(refused);
  await writeFile(join(folder, "uv.toml"), 'keyring-provider = "disabled"\n');
  const both = { ...user, PIP_KEYRING_PROVIDER: "subprocess" };
  await expect(fetchAll(both)).rejects.toMatchObject(refused);
  expect(await asked()).toEqual([]);
});

test("a keyring that does not know is a refusal; none at all says how to get one", async () => {
  const environment = { UV_KEYRING_PROVIDER: "subprocess", UV_DEFAULT_INDEX: withUser() };
  await expect(fetchAll({ ...environment, PATH: folder })).rejects.toMatchObject({
    code: "KEYRING_MISSING",
    hint: expect.stringContaining("uv tool install keyring"),
  });
  keyring = new Keyring();
  await fakeKeyring("nothing", "s3cret");
  const failed = fetchAll(environment);
  await expect(failed).rejects.toMatchObject(refused);
  await expect(failed).rejects.not.toThrow(/s3cret/);
});
