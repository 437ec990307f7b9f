import { readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { expect, test } from "vitest";
import { readPylock } from "../../src/python/lock/pylock.ts";
import { markerEnvironment } from "../../src/python/specifiers/marker-environment.ts";
import { architectures, pythonRuntimes } from "../../src/python/wheel/targets.ts";
import { askOracle } from "../support/oracle-python.ts";

test("a pylock.toml selects what PyPA's packaging selects, for every target", async () => {
  const path = resolve("test/fixtures/locks/pylock/pylock.toml");
  const lock = await readFile(path, "utf8");
  const selections = pythonRuntimes.flatMap((runtime) =>
    architectures.flatMap((architecture) =>
      [[], ["socks"], ["socks", "http2"]].flatMap((extras) =>
        [[], ["dev"]].map((groups) => ({ target: { runtime, architecture }, extras, groups })),
      ),
    ),
  );
  const choices = selections.map(({ target, extras, groups }) => ({
    environment: markerEnvironment(target),
    extras,
    groups,
  }));
  const theirs = await askOracle(join(import.meta.dirname, "pylock.py"), {
    input: { lock, choices },
  });
  const ours = selections.map((selection) =>
    readPylock(lock, { path, selection }).map(({ name, version }) => [name, version ?? ""]),
  );
  expect(ours).toEqual(theirs);
});
