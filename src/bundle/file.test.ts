import { mkdir, readdir, readFile, readlink, stat, symlink, writeFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import * as z from "zod/mini";
import { defineResource } from "../core/define.ts";
import { InvalidTouchdownfile } from "../errors.ts";
import { run } from "../host/run.ts";
import { bundleWorld } from "../../test/support/bundle-world.ts";
import type { BundleWorld, Declare } from "../../test/support/bundle-world.ts";
import { missingFor, nobody } from "../../test/support/other-world.ts";

let world: BundleWorld;
beforeEach(async () => {
  world = await bundleWorld();
});
afterEach(() => world.remove());

const inside = (name: string): string => join(world.folder, name);
const modeOf = async (name: string): Promise<string> =>
  ((await stat(inside(name))).mode & 0o7777).toString(8);

test("a file is written once, and again only when its contents differ; only sizes are shown", async () => {
  const declare =
    (contents: string): Declare =>
    (bundle) =>
      bundle.addFile({ name: "settings.json", contents });
  const first = await world.plan(declare("secret"));
  expect(first.lines).toEqual(["file settings.json: create", "  contents: 6 bytes"]);
  expect(await readdir(world.folder)).toEqual([]);
  await world.apply(declare("secret"));
  expect(await readFile(inside("settings.json"), "utf8")).toBe("secret");
  expect((await world.apply(declare("secret"))).lines).toEqual(["file settings.json: unchanged"]);
  const changed = await world.apply(declare("other words"));
  expect(changed.lines).toEqual(["file settings.json: update", "  contents: 6 bytes → 11 bytes"]);
  expect(JSON.stringify(changed.events)).not.toMatch(/secret|other words|[0-9a-f]{64}/);
  expect(await readFile(inside("settings.json"), "utf8")).toBe("other words");
});

test("bytes are written as they are, and a source is copied", async () => {
  await writeFile(inside("logo.png"), new Uint8Array([0, 255, 13]));
  const declare: Declare = (bundle) => {
    bundle.addFile({ name: "bytes", contents: new Uint8Array([1, 2]) });
    bundle.addFile({ name: "copy of logo.png", source: "logo.png" });
  };
  expect((await world.apply(declare)).errors).toEqual([]);
  expect([...(await readFile(inside("bytes")))]).toEqual([1, 2]);
  expect([...(await readFile(inside("copy of logo.png")))]).toEqual([0, 255, 13]);
  expect((await world.plan(declare)).report.summary.unchanged).toBe(2);
  await writeFile(inside("logo.png"), "new");
  expect((await world.plan(declare)).lines).toEqual([
    "file bytes: unchanged",
    "file copy of logo.png: update",
    "  source: 3 bytes → logo.png",
  ]);
});

test("modes are exact under any umask, and left alone where they are not declared", async () => {
  const umask = process.umask(0o077);
  try {
    await world.apply((bundle) => {
      bundle.addDirectory({ name: "bin/tools" });
      bundle.addFile({ name: "plain", contents: "" });
      bundle.addFile({ name: "run.sh", contents: "", mode: "0755" });
      bundle.addLine({ name: "lines", line: "one" });
    });
  } finally {
    process.umask(umask);
  }
  expect(await modeOf("bin/tools")).toBe("755");
  expect(await modeOf("plain")).toBe("644");
  expect(await modeOf("run.sh")).toBe("755");
  expect(await modeOf("lines")).toBe("644");
  const stricter = await world.apply((bundle) => {
    bundle.addDirectory({ name: "bin/tools", mode: 0o700 });
    bundle.addFile({ name: "plain", contents: "", mode: 0o600 });
    bundle.addFile({ name: "run.sh", contents: "changed" });
  });
  expect(stricter.lines).toEqual([
    "directory bin/tools: update",
    "  mode: 0755 → 0700",
    "file plain: update",
    "  mode: 0644 → 0600",
    "file run.sh: update",
    "  contents: 0 bytes → 7 bytes",
  ]);
  expect(await modeOf("bin/tools")).toBe("700");
  expect(await modeOf("plain")).toBe("600");
  expect(await modeOf("run.sh")).toBe("755");
});

test("a folder in the way, a missing folder and a missing source are refused, and nothing is lost", async () => {
  await mkdir(inside("settings.json"));
  const way = await world.plan((bundle) => bundle.addFile({ name: "settings.json", contents: "" }));
  expect(way.errors).toEqual([
    `FILE_IN_WAY ${world.folder}/settings.json should be a file, but a folder is there (move it away, or choose another name: touchdown does not replace it)`,
  ]);
  const parent = await world.apply((bundle) => bundle.addFile({ name: "a/b", contents: "" }));
  expect(parent.errors).toEqual([
    `FILE_MISSING cannot write ${world.folder}/a/b: there is no folder ${world.folder}/a (declare it first: addDirectory({ name: "${world.folder}/a" }))`,
  ]);
  const source = await world.apply((bundle) => bundle.addFile({ name: "b", source: "no such" }));
  expect(source.errors[0]).toContain(`FILE_MISSING there is no source ${world.folder}/no such`);
  expect(await readdir(world.folder)).toEqual(["settings.json"]);
});

test("a link is made, moved, and never put in the place of something else", async () => {
  const declare =
    (to: string): Declare =>
    (bundle) =>
      bundle.addLink({ name: "current", to });
  expect((await world.apply(declare("releases/1"))).lines).toEqual([
    "link current: create",
    "  to: releases/1",
  ]);
  expect((await world.apply(declare("releases/1"))).lines).toEqual(["link current: unchanged"]);
  expect((await world.apply(declare("releases/2"))).lines).toEqual([
    "link current: update",
    "  to: releases/1 → releases/2",
  ]);
  expect(await readlink(inside("current"))).toBe("releases/2");
  await writeFile(inside("precious"), "work");
  await mkdir(inside("folder"));
  const refused = await world.apply((bundle) => {
    bundle.addLink({ name: "precious", to: "releases/1" });
  });
  expect(refused.errors[0]).toContain("precious should be a link, but a file is there");
  const folder = await world.apply((bundle) => {
    bundle.addLink({ name: "folder", to: "releases/1" });
  });
  expect(folder.errors[0]).toContain("folder should be a link, but a folder is there");
  expect(await readFile(inside("precious"), "utf8")).toBe("work");
  expect((await readdir(world.folder)).toSorted()).toEqual(["current", "folder", "precious"]);
});

test("a directory is made with those above it; a link to one will do, a file will not", async () => {
  await mkdir(inside("real"));
  await symlink("real", inside("way"));
  await writeFile(inside("file"), "");
  const made = await world.apply((bundle) => {
    bundle.addDirectory({ name: "way" });
    bundle.addDirectory({ name: "a/b c/d" });
  });
  expect(made.lines).toEqual(["directory way: unchanged", "directory a/b c/d: create"]);
  expect((await stat(inside("a/b c/d"))).isDirectory()).toBe(true);
  const refused = await world.apply((bundle) => {
    bundle.addDirectory({ name: "file" });
  });
  expect(refused.errors[0]).toContain("file should be a folder, but a file is there");
});

test("contents that are not known yet show what they wait for, and are written when they are", async () => {
  const queues = new Set<string>();
  const queue = defineResource({
    type: "test.queue",
    noun: "queue",
    schema: z.strictObject({ name: z.string() }),
    key: ["name"],
    read: (_context: unknown, { name }) =>
      Promise.resolve(queues.has(name) ? { url: `https://${name}` } : undefined),
    create: (_context, { name }) => {
      queues.add(name);
      return Promise.resolve();
    },
    aspects: {
      url: {
        fields: { url: { want: () => undefined, have: (have: { url: string }) => have.url } },
        apply: () => Promise.resolve(),
      },
    },
    properties: { QueueUrl: (have: { url: string }): string => have.url },
  });
  const scope = { label: "", open: () => Promise.resolve(undefined) };
  const declare: Declare = (bundle, declarations) => {
    const myqueue = declarations.adder(queue, scope)({ name: "myqueue" });
    bundle.addFile({
      name: "settings.json",
      contents: myqueue.getProperty("QueueUrl").map((url) => JSON.stringify({ url })),
    });
  };
  expect((await world.plan(declare)).lines).toEqual([
    "queue myqueue: create",
    "file settings.json: create",
    "  will be written (needs queue myqueue)",
  ]);
  await world.apply(declare);
  expect(await readFile(inside("settings.json"), "utf8")).toBe('{"url":"https://myqueue"}');
  expect((await world.plan(declare)).report.summary.unchanged).toBe(2);
});

test("what is wrong with files is found before anything is done", async () => {
  const wrong = world.plan((bundle) => {
    bundle.addFile({ name: "both", contents: "", source: "a" });
    bundle.addFile({ name: "neither" });
    bundle.addFile({ name: "mode", contents: "", mode: 644 });
    bundle.addDirectory({ name: "words", mode: "rwx" });
    bundle.addFile({ name: "", contents: "" });
    bundle.addLine({ name: "hosts", line: "a\nb" });
    bundle.addLine({ name: "hosts", line: "a", match: "(" });
  });
  const problems = await wrong.catch((error: unknown) =>
    error instanceof InvalidTouchdownfile ? error.problems.map(({ message }) => message) : [],
  );
  expect(problems).toEqual([
    "file both: takes contents or source, not both",
    "file neither: needs contents or source",
    'file mode: mode must be octal: write 0o644 or "0644"',
    'directory words: mode must be octal, as 0o644 or "0644", got "rwx"',
    "file : name must be a path",
    'line hosts/a\nb: line must be a single line, got "a\\nb"',
    "line hosts/a: match must be a regular expression, got (",
  ]);
});

test("a plan says of a step only what it waits for, not what is as declared", async () => {
  const declare: Declare = (bundle) => {
    bundle.addFile({ name: "settings.json", contents: "{}" });
    bundle.addExecute({ name: "make", command: "touch made", creates: "made" });
    bundle.addOutput({ name: "made" });
  };
  await world.apply(declare);
  await rm(join(world.folder, "made"));
  const { lines } = await world.plan(declare);
  expect(lines).toContain("  may change (needs execute make)");
});

test("destroy leaves the files of bundles, and says so", async () => {
  const declare: Declare = (bundle) => bundle.addFile({ name: "kept", contents: "" });
  await world.apply(declare);
  const { events } = await world.destroy(declare);
  expect(events).toContainEqual({
    type: "left",
    id: "bundle.file kept",
    name: "file kept",
    because: "files of bundles stay",
  });
  expect(await readdir(world.folder)).toEqual(["kept"]);
});

const jiti = join(import.meta.dirname, "../../node_modules/jiti/lib/jiti-cli.mjs");
const canMount = process.platform === "linux" && process.getuid?.() === 0 && (await mountable());

async function mountable(): Promise<boolean> {
  return (await run(["unshare", "--mount", "true"]).catch(() => undefined))?.exitCode === 0;
}

test.skipIf(!canMount)(
  "on a full disk the old file stays and the error says why (needs unshare --mount)",
  async () => {
    const script = `
      import { driveBundle } from ${JSON.stringify(join(import.meta.dirname, "../../test/support/drive-bundle.ts"))};
      await driveBundle(${JSON.stringify(world.folder)}, (bundle) =>
        bundle.addFile({ name: "full/file", contents: new Uint8Array(4_000_000) }));`;
    await writeFile(inside("drive.ts"), script);
    await mkdir(inside("full"));
    const shell = `mount -t tmpfs -o size=1m none full && echo old > full/file && "$0" "$1" drive.ts; ls -A full; cat full/file`;
    const result = await run(["unshare", "--mount", "sh", "-c", shell, process.execPath, jiti], {
      cwd: world.folder,
    });
    expect(result.stdout).toContain("FILE_WRITE cannot write");
    expect(result.stdout).toContain("no space left on device");
    expect(result.stdout.endsWith("file\nold\n")).toBe(true);
  },
);

const canBeNobody = (await missingFor("setpriv")) === undefined;

test.skipIf(!canBeNobody)(
  "in a folder that can't be written, nothing is and the error says why (needs root and setpriv)",
  async () => {
    const script = `
      import { driveBundle } from ${JSON.stringify(join(import.meta.dirname, "../../test/support/drive-bundle.ts"))};
      await driveBundle(${JSON.stringify(world.folder)}, (bundle) =>
        bundle.addFile({ name: "file", contents: "new" }));`;
    await writeFile(inside("drive.ts"), script);
    await writeFile(inside("file"), "old");
    await run(["chmod", "-R", "a+rX", join(world.folder, "..")]);
    const result = await run([...nobody, process.execPath, jiti, "drive.ts"], {
      cwd: world.folder,
      env: { HOME: "/nonexistent", JITI_FS_CACHE: "false" },
    });
    expect(result.stdout).toContain("FILE_WRITE cannot write");
    expect(result.stdout).toContain("permission denied");
    expect(await readFile(inside("file"), "utf8")).toBe("old");
  },
);
