import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { eventsOf, inFolder, touchdown } from "../support/cli.ts";
import type { Ran } from "../support/cli.ts";
import { missingTools } from "../support/missing-tools.ts";
import { motoServer } from "../support/moto-server.ts";
import type { Moto } from "../support/moto-server.ts";

let moto: Moto | undefined;
beforeAll(async () => {
  moto = await motoServer();
});
afterAll(() => moto?.stop());

const summaryOf = (ran: Ran) => eventsOf(ran).at(-1);
const missing = missingTools([
  ["make", "--version"],
  ["zip", "-v"],
  ["unzip", "-v"],
]);

test.for([
  ["makefile", { created: 4, deleted: 3, unchanged: 6, edit: "myproject/greeting.py", updated: 2 }],
  ["hello-world", { created: 3, deleted: 3, unchanged: 3, edit: "Touchdownfile.ts", updated: 2 }],
  ["s3-file", { created: 4, deleted: 4, unchanged: 4, edit: "README.md", updated: 0 }],
] as const)(
  "examples/%s is deployed to moto_server, left alone, edited and torn down",
  async ([name, { created, deleted, unchanged, edit, updated }], { skip }) => {
    if (moto === undefined) return skip("needs moto_server, from a package registry");
    if (name === "makefile" && missing.length > 0) return skip(`needs ${missing.join(", ")}`);
    const env = {
      AWS_ENDPOINT_URL: moto.endpoint,
      AWS_ACCESS_KEY_ID: "test",
      AWS_SECRET_ACCESS_KEY: "test",
    };
    await inFolder(new URL(`../../examples/${name}/`, import.meta.url), async (cwd) => {
      const run = (verb: string) => touchdown([verb, "--yes", "--json"], { cwd, env });
      expect(summaryOf(await run("apply"))).toMatchObject({ created, failed: 0 });
      const still = { created: 0, updated: 0, unchanged, failed: 0 };
      expect(summaryOf(await run("apply"))).toMatchObject(still);
      const path = join(cwd, edit);
      await writeFile(path, (await readFile(path, "utf8")).replaceAll("Hello", "Welcome"));
      expect(summaryOf(await run("apply"))).toMatchObject({ created: 0, updated, failed: 0 });
      expect(summaryOf(await run("apply"))).toMatchObject(still);
      expect(summaryOf(await run("destroy"))).toMatchObject({ deleted, failed: 0 });
      expect(summaryOf(await run("destroy"))).toMatchObject({ deleted: 0, failed: 0 });
    });
  },
);
