import { chmod, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { missingFor, runScript } from "../../test/support/other-world.ts";
import { Store } from "./store.ts";

let folder: string;
let store: Store;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "touchdown-store-"));
  store = new Store(join(folder, "store"));
});
afterEach(() => rm(folder, { recursive: true }));

const key = "ab".repeat(32);
const other = "abcd".repeat(16);
const options = { what: "one file", atMostMs: 30_000 };

/** All names below a folder, folders left out. */
async function filesIn(place: string): Promise<string[]> {
  const all = await readdir(place, { recursive: true, withFileTypes: true });
  return all.filter((entry) => !entry.isDirectory()).map((entry) => entry.name);
}

const importStore = `import { Store } from ${JSON.stringify(join(import.meta.dirname, "store.ts"))};`;

test.each(["place", "once"])(
  "a process killed in the middle of %s leaves nothing that is found, and no trap",
  async (verb) => {
    const script = `${importStore}
      import { writeFile } from "node:fs/promises";
      const store = new Store(process.argv[2]);
      const make = async (path) => {
        await writeFile(path, "half");
        process.kill(process.pid, "SIGKILL");
        await new Promise(() => {});
      };
      const [bucket, key] = ["files-v1", ${JSON.stringify(key)}];
      if (${JSON.stringify(verb)} === "place") await store.place(bucket, key, make);
      else await store.once(bucket, key, ${JSON.stringify(options)}, make);`;
    const died = await runScript(folder, script, { args: [store.folder] });
    expect(died).toMatchObject({ signal: "SIGKILL", stderr: "" });
    expect(await filesIn(join(store.folder, "files-v1"))).toHaveLength(1);
    expect(store.find("files-v1", key)).toBeUndefined();
    const path = await store.once("files-v1", key, options, (own) => writeFile(own, "whole"));
    expect(await readFile(path, "utf8")).toBe("whole");
  },
);

test("two processes at once do the work once", async () => {
  const log = join(folder, "log");
  await writeFile(log, "");
  const script = `${importStore}
    import { appendFile, readFile, writeFile } from "node:fs/promises";
    const [folder, log] = process.argv.slice(2);
    const path = await new Store(folder).once("files-v1", ${JSON.stringify(key)}, ${JSON.stringify(options)}, async (own) => {
      await appendFile(log, "made ");
      await new Promise((done) => setTimeout(done, 300));
      await writeFile(own, "whole");
    });
    process.stdout.write(await readFile(path, "utf8"));`;
  const both = [1, 2].map(() => runScript(folder, script, { args: [store.folder, log] }));
  for (const result of await Promise.all(both))
    expect(result).toEqual({ exitCode: 0, stdout: "whole", stderr: "" });
  expect(await readFile(log, "utf8")).toBe("made ");
});

const useAll = `${importStore}
  import { writeFile } from "node:fs/promises";
  const key = ${JSON.stringify(key)};
  const store = new Store(process.argv[2], { onProblem: (problem) => console.log(problem) });
  store.writeRecord("facts-v1", key, { big: "x".repeat(600_000) });
  store.writeRecord("facts-v1", ${JSON.stringify(other)}, { big: "x".repeat(600_000) });
  console.log(store.readRecord("facts-v1", key) !== undefined);
  const make = (path) => writeFile(path, new Uint8Array(900_000));
  await store.once("files-v1", key, ${JSON.stringify(options)}, make).then(
    () => console.log("placed"),
    (error) => console.log(error.code, error.message));`;

test("a store that can only be read is read; what can't be kept is said once", async (context) => {
  const missing = await missingFor("setpriv");
  if (missing !== undefined) context.skip(missing);
  store.writeRecord("facts-v1", key, 1);
  for (const place of [folder, store.folder]) await chmod(place, 0o755);
  await chmod(join(store.folder, "facts-v1"), 0o755);
  await chmod(dirname(store.path("facts-v1", key)), 0o755);
  const { stdout, stderr } = await runScript(folder, useAll, {
    args: [store.folder],
    setpriv: true,
  });
  expect(stderr + stdout).toBe(
    [
      `cannot write to the store ${store.folder}: permission denied: the next run does this work again`,
      "true",
      `STORE_WRITE cannot write to the store ${store.folder}: permission denied`,
      "",
    ].join("\n"),
  );
  expect(await filesIn(store.folder)).toEqual([key.slice(2)]);
});

test("a full disk costs what does not fit, and leaves nothing half", async (context) => {
  const missing = await missingFor("mount");
  if (missing !== undefined) context.skip(missing);
  const list = `${useAll}
    import { readdirSync } from "node:fs";
    console.log(readdirSync(process.argv[2], { recursive: true }).filter((name) => name.includes("tmp")));`;
  const { stdout, stderr } = await runScript(folder, list, {
    args: [join(folder, "disk")],
    diskBytes: 1_000_000,
  });
  expect(stderr + stdout).toBe(
    [
      `cannot write to the store ${folder}/disk: no space left on device: the next run does this work again`,
      "true",
      `STORE_WRITE cannot write to the store ${folder}/disk: no space left on device`,
      "[]",
      "",
    ].join("\n"),
  );
});
