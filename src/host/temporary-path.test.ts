import { dirname } from "node:path";
import { expect, test } from "vitest";
import { temporaryPath } from "./temporary-path.ts";

test("lies beside the file, hidden, and is another each time", () => {
  const first = temporaryPath("/a/b/api.zip");
  const second = temporaryPath("/a/b/api.zip");
  expect(dirname(first)).toBe("/a/b");
  expect(first).toMatch(/\/\.api\.zip\.[0-9a-f]{12}\.\d+\.tmp$/);
  expect(second).not.toBe(first);
});

test("is no longer than a file system takes, however long the name", () => {
  expect(temporaryPath(`/a/${"n".repeat(255)}`).length).toBeLessThan(200);
});
