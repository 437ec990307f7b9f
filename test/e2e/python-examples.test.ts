/** The examples of `addPythonPackage`, locked on the fly and deployed to the embedded AWS. */
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { eventsOf, inFolder, touchdown } from "../support/cli.ts";
import type { Ran } from "../support/cli.ts";
import { embeddedAws } from "../support/embedded-aws.ts";
import { pathsIn, textIn } from "../support/package-world.ts";
import type { Built } from "../support/package-world.ts";
import { uvForTests } from "../support/uv-for-tests.ts";

let aws: Awaited<ReturnType<typeof embeddedAws>>;
let uv: Awaited<ReturnType<typeof uvForTests>>;
beforeAll(async () => {
  [aws, uv] = await Promise.all([embeddedAws(), uvForTests()]);
});
afterAll(() => aws.stop());

const summaryOf = (ran: Ran) => eventsOf(ran).at(-1);

/** What was made or changed, in no order. */
function changesOf(ran: Ran): string[] {
  return eventsOf(ran)
    .filter(({ type, verdict }) => type === "finished" && verdict !== "unchanged")
    .map(({ name, verdict }) => `${String(name)}: ${String(verdict)}`)
    .toSorted();
}

async function inExample(name: string, use: (world: World) => Promise<void>): Promise<void> {
  await inFolder(new URL(`../../examples/${name}/`, import.meta.url), async (cwd) => {
    const env = {
      TOUCHDOWN_LOCAL_DIR: aws.folder,
      TOUCHDOWN_CACHE_DIR: join(aws.folder, `cache of ${name}`),
    };
    const run = (...words: string[]) => touchdown(words, { cwd, env });
    await use({
      cwd,
      run,
      local: (...words) => run(...words, "--local", "--yes", "--json"),
      edit: async (file, [from, to]) => {
        const path = join(cwd, file);
        await writeFile(path, (await readFile(path, "utf8")).replace(from, to));
      },
    });
  });
}

interface World {
  readonly cwd: string;
  readonly run: (...words: string[]) => Promise<Ran>;
  readonly local: (...words: string[]) => Promise<Ran>;
  readonly edit: (file: string, change: readonly [from: string, to: string]) => Promise<void>;
}

async function builtBy(run: World["run"]): Promise<readonly Built[]> {
  const { stdout, stderr, exitCode } = await run("build", "--locked", "--json");
  if (exitCode !== 0) throw new Error(stderr);
  return stdout
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as Built);
}

test("examples/python-package: the documentation's example without a Makefile", async (context) => {
  if (uv === undefined) return context.skip("needs uv");
  await inExample("python-package", async ({ run, local, edit }) => {
    expect((await run("lock")).exitCode).toBe(0);
    const missing = await run("build", "--check", "--json");
    expect(missing).toMatchObject({ exitCode: 0 });
    expect(JSON.parse(missing.stdout)).toEqual({
      name: "myfunction",
      reason: "needs queue myqueue",
      built: false,
    });
    await edit("requirements.txt", ["humanize", "humanize "]);
    const stale = await run("build", "--check");
    expect(stale).toMatchObject({ exitCode: 1 });
    expect(stale.stderr).toContain("pylock.toml: stale: requirements.txt has changed");
    await edit("requirements.txt", ["humanize ", "humanize"]);
    const waiting = await run("build", "--locked");
    expect(waiting).toMatchObject({ exitCode: 0, stdout: "" });
    expect(waiting.stderr).toContain("package myfunction waits: it needs queue myqueue");

    const first = await local("apply", "--locked");
    expect(summaryOf(first)).toMatchObject({ failed: 0 });
    expect(changesOf(first)).toEqual([
      "function myfunction: create",
      "package myfunction: update",
      "queue myqueue: create",
      "role myrole: create",
    ]);
    const answer = async () =>
      JSON.parse((await run("invoke", "myfunction", "--local")).stdout) as Record<string, string>;
    expect(await answer()).toMatchObject({
      greeting: "Hello, world",
      AWS_SQS_URL: expect.stringMatching(/\/myqueue$/u),
    });
    expect((await run("apply", "--local", "--yes", "--locked")).stdout).toBe(
      "Nothing to do: 4 resources are as declared.\n",
    );

    await edit("myproject/greeting.py", ["Hello", "Welcome"]);
    expect(changesOf(await local("apply", "--locked"))).toEqual([
      "function myfunction: update",
      "package myfunction: update",
    ]);
    expect(await answer()).toMatchObject({ greeting: "Welcome, world" });
    const explained = await run("explain", "myfunction", "--local");
    expect(explained.stdout).toMatch(/^package myfunction .*\n86 files, /u);
    expect(explained.stdout).toMatch(/ 1 {2}generated$/mu);
    expect(await run("explain", "myfunction", "--local", "--against", "deployed")).toMatchObject({
      exitCode: 0,
    });
    await edit("myproject/greeting.py", ["Welcome", "Farewell"]);
    const named = ["package myfunction", "--local", "--against", "deployed"];
    const differs = await run("explain", ...named);
    expect(differs).toMatchObject({ exitCode: 1 });
    expect(differs.stdout).toContain("myproject/greeting.py  other contents");

    expect(summaryOf(await local("destroy"))).toMatchObject({ deleted: 3, failed: 0 });
    const gone = await run("explain", "myfunction", "--local");
    expect(gone).toMatchObject({ exitCode: 1, stdout: "" });
    expect(gone.stderr).toContain("package myfunction is not built yet: it needs queue myqueue");
  });
});

test("examples/monorepo: twenty functions; a shared file's edit rebuilds exactly its users", async (context) => {
  if (uv === undefined) return context.skip("needs uv");
  await inExample("monorepo", async ({ run, local, edit }) => {
    expect((await run("lock")).exitCode).toBe(0);
    const built = await builtBy(run);
    expect(built).toHaveLength(20);
    const create = built.find(({ name }) => name === "orders-create")!;
    expect(pathsIn(create.path)).toEqual(
      expect.arrayContaining(["create.py", "greetings/__init__.py", "money/__init__.py"]),
    );
    expect(textIn(create.path, "create.py")).toContain("from money import euros");

    const first = await local("apply", "--locked");
    expect(summaryOf(first)).toMatchObject({ created: 21, updated: 0, failed: 0 });
    expect(summaryOf(await local("apply", "--locked"))).toMatchObject({ unchanged: 41 });
    const answer = await run("invoke", "orders-create", "--local", "--event", '{"cents": 250}');
    expect(JSON.parse(answer.stdout)).toEqual({
      create: "€2.50",
      greeting: "Hello, world, for the 1st time",
    });

    await edit("libs/money/src/money/__init__.py", ["€", "EUR "]);
    const users = ["billing", "orders"].flatMap((service) =>
      built.map(({ name }) => name).filter((name) => name.startsWith(`${service}-`)),
    );
    expect(users).toHaveLength(10);
    expect(changesOf(await local("apply", "--locked"))).toEqual(
      users.flatMap((name) => [`function ${name}: update`, `package ${name}: update`]).toSorted(),
    );
    expect(summaryOf(await local("destroy"))).toMatchObject({ deleted: 21, failed: 0 });
  });
});
