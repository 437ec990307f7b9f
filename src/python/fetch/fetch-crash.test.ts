import { mkdtemp, readFile, readdir, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { makeWheel } from "../../../test/support/make-wheel.ts";
import { missingFor, runScript } from "../../../test/support/other-world.ts";
import { startPackageIndex, type PackageIndex } from "../../../test/support/package-index.ts";
import { run } from "../../host/run.ts";
import { Store } from "../../store/store.ts";
import { fetchFiles } from "./fetch.ts";

const [small, big] = [300_000, 2_000_000].map((size) =>
  makeWheel({ "m.bin": Buffer.alloc(size, size) }, { name: `of${size}`, stored: true }),
) as [ReturnType<typeof makeWheel>, ReturnType<typeof makeWheel>];

let folder: string;
let index: PackageIndex;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "touchdown-fetch-"));
  index = await startPackageIndex([small, big]);
});
afterEach(async () => {
  await index.stop();
  await rm(folder, { recursive: true });
});

const files = () =>
  [small, big].map(({ name, sha256 }) => ({ name, sha256, url: index.fileUrl(name) }));

/** Fetches into the folder that is its argument, and says what came of it and what it left. */
const script = (): string => `
  import { readdirSync } from "node:fs";
  import { fetchFiles } from ${JSON.stringify(join(import.meta.dirname, "fetch.ts"))};
  import { Store } from ${JSON.stringify(join(import.meta.dirname, "../../store/store.ts"))};
  const folder = process.argv[2];
  await fetchFiles(${JSON.stringify(files())}, { store: new Store(folder), folder }).then(
    () => console.log("fetched"),
    (error) => console.log(error.code, error.message));
  const names = readdirSync(folder, { recursive: true });
  console.log(names.filter((name) => name.endsWith(".tmp") || name.includes("locks-v1/")));`;

async function expectWhole(store: Store): Promise<void> {
  const paths = await fetchFiles(files(), { store, folder });
  for (const { sha256, bytes } of [small, big])
    expect((await readFile(paths.get(sha256) ?? "")).equals(bytes)).toBe(true);
}

test("a process killed in the middle leaves nothing that is taken for whole, and no trap", async () => {
  const store = new Store(join(folder, "store"));
  index.trouble(big.name, { kind: "stalls", afterBytes: 1_000_000, times: 1 });
  let group = 0;
  const running = runScript(folder, script(), {
    args: [store.folder],
    onStart: (pid) => (group = pid),
  });
  const arrived = async (): Promise<boolean> => {
    const names = await readdir(store.folder, { recursive: true }).catch(() => []);
    const half = names.find((name) => name.endsWith(".tmp") && name.startsWith("wheels-v1"));
    const { size } = await stat(join(store.folder, half ?? "none")).catch(() => ({ size: 0 }));
    return size > 500_000 && store.find("wheels-v1", small.sha256) !== undefined;
  };
  await expect.poll(arrived, { timeout: 20_000 }).toBe(true);
  process.kill(-group, "SIGKILL");
  expect(await running).toMatchObject({ signal: "SIGKILL" });
  expect(store.find("wheels-v1", big.sha256)).toBeUndefined();
  await expectWhole(store);
  expect(index.downloads(small.name)).toBe(1);
});

test("a full disk is a clear error that leaves nothing half; with room the rest comes", async (context) => {
  const missing = await missingFor("mount");
  if (missing !== undefined) context.skip(missing);
  const { stdout, stderr } = await runScript(folder, script(), {
    args: [join(folder, "disk")],
    diskBytes: 1_000_000,
  });
  expect(stderr + stdout).toBe(
    `STORE_WRITE cannot write to the store ${folder}/disk: no space left on device\n[]\n`,
  );
  await expectWhole(new Store(join(folder, "disk")));
});

test("a store that can only be read gives what it has, and says what it can't take", async (context) => {
  const missing = await missingFor("setpriv");
  if (missing !== undefined) context.skip(missing);
  const store = new Store(join(folder, "store"));
  await fetchFiles(files().slice(0, 1), { store, folder });
  await run(["chmod", "-R", "a+rX", folder]);
  const asOther = () => runScript(folder, script(), { args: [store.folder], setpriv: true });
  const refused = `STORE_WRITE cannot write to the store ${store.folder}: permission denied\n[]\n`;
  expect((await asOther()).stdout).toBe(refused);
  await expectWhole(store);
  await run(["chmod", "-R", "a+rX", folder]);
  expect((await asOther()).stdout).toBe("fetched\n[]\n");
  expect(await readdir(join(store.folder, "wheels-v1"))).toHaveLength(2);
});
