import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { configuredIndexes } from "./configured-indexes.ts";
import { indexCredentials } from "./index-credentials.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "touchdown-indexes-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const around = (environment: Readonly<Record<string, string>>) =>
  ({ environment, platform: "linux", home: folder }) as const;

test("from variables and uv.toml: those besides the default one first, then it, then links", () => {
  writeFileSync(
    join(folder, "uv.toml"),
    `no-index = false
find-links = ["links"]
[[index]]
name = "own"
url = "https://own.invalid/simple"
[[index]]
url = "https://mirror.invalid/simple"
default = true
[pip]
extra-index-url = ["https://older.invalid/simple"]
`,
  );
  const environment = { UV_INDEX: "extra=https://extra.invalid/simple", UV_FIND_LINKS: "a,b" };
  const { indexes, none } = configuredIndexes(folder, around(environment));
  expect(indexes.map(({ kind, name, address }) => [kind, name, address])).toEqual([
    ["more", "extra", "https://extra.invalid/simple"],
    ["more", "own", "https://own.invalid/simple"],
    ["more", undefined, "https://older.invalid/simple"],
    ["default", undefined, "https://mirror.invalid/simple"],
    ["links", undefined, "a"],
    ["links", undefined, "b"],
    ["links", undefined, "links"],
  ]);
  expect(none).toBe(false);
  expect(configuredIndexes(folder, around({ UV_NO_INDEX: "true" })).none).toBe(true);
});

test("names and passwords: from an index's name before its address", () => {
  const environment = {
    UV_INDEX: "my-own=https://a:b@own.invalid/simple https://c:d@other.invalid/simple",
    UV_INDEX_MY_OWN_USERNAME: "me",
    UV_INDEX_MY_OWN_PASSWORD: "secret",
  };
  expect(
    indexCredentials(folder, around(environment)).map(({ username, password, address }) => [
      address.host,
      username,
      password,
    ]),
  ).toEqual([
    ["own.invalid", "me", "secret"],
    ["other.invalid", "c", "d"],
  ]);
});
