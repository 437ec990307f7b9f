import { readdir } from "node:fs/promises";
import { join, resolve } from "node:path";
import { expect, test } from "vitest";
import { TouchdownError } from "../../errors.ts";
import { readLock } from "./read-lock.ts";

const folder = resolve("test/fixtures/locks/refused");
const names = await readdir(folder);

/** What each says, without the folder: reviewed by eye when it changes. */
test.each(names)("%s", async (name) => {
  const [file = ""] = (await readdir(join(folder, name))).filter((each) =>
    /lock|requirements\.txt/.test(each),
  );
  const selection = {
    target: { runtime: "python3.12", architecture: "x86_64" },
    extras: [],
    groups: [],
  } as const;
  const problem = await readLock(join(folder, name, file), selection).catch(
    (error: unknown) => error,
  );
  expect(problem).toBeInstanceOf(TouchdownError);
  const { code, message, hint } = problem as TouchdownError;
  expect(code).toBe(name.split("--")[0]);
  const said = [message, ...(hint === undefined ? [] : [hint])].join("\n");
  expect(said.replaceAll(`${join(folder, name)}/`, "")).toMatchSnapshot();
});
