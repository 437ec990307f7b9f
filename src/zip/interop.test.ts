import { spawnSync } from "node:child_process";
import { mkdtemp, open, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { readCentralDirectory } from "./read.ts";
import { readEntry } from "./read-entry.ts";
import { fileSource } from "./source.ts";
import { writeZip, type FreshEntry } from "./write.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "touchdown-zip-"));
});
afterEach(() => rm(folder, { recursive: true }));

const text = (words: string): Uint8Array => new TextEncoder().encode(words);
const repeated = text("def handler(event, context):\n    return event\n".repeat(200));
const sample: readonly FreshEntry[] = [
  { path: "settings.json", bytes: text('{"queue": "myqueue"}\n') },
  { path: "mymodule.py", bytes: repeated },
  { path: "bin/tool", mode: 0o755, bytes: text("#!/bin/sh\n") },
  { path: "empty/__init__.py", bytes: new Uint8Array() },
  { path: "データ/naïve.txt", bytes: text("☃") },
];

const many = Array.from({ length: 65_535 }, (_, index) => ({
  path: String(index),
  bytes: new Uint8Array(),
}));

const manyZipped = writeZip(many);

const has = (...command: string[]): boolean =>
  spawnSync(command[0] ?? "", command.slice(1)).status === 0;

test.skipIf(!has("unzip", "-v"))(
  "unzip finds nothing wrong, and restores modes (needs unzip)",
  async () => {
    const zip = join(folder, "a.zip");
    await writeFile(zip, (await writeZip(sample)).bytes);
    expect(spawnSync("unzip", ["-t", zip], { encoding: "utf8" }).stdout).toContain(
      "No errors detected",
    );
    const listed = spawnSync("unzip", ["-Z", zip], {
      encoding: "utf8",
      env: { ...process.env, LC_ALL: "C.UTF-8", TZ: "UTC" },
    });
    const lines = listed.stdout
      .split("\n")
      .slice(2, 7)
      .map((line) => line.replace(/ +/g, " "));
    expect(lines).toMatchInlineSnapshot(`
    [
      "-rwxr-xr-x 6.3 unx 10 b- stor 80-Jan-01 00:00 bin/tool",
      "-rw-r--r-- 6.3 unx 0 b- stor 80-Jan-01 00:00 empty/__init__.py",
      "-rw-r--r-- 6.3 unx 9200 b- defN 80-Jan-01 00:00 mymodule.py",
      "-rw-r--r-- 6.3 unx 21 b- defN 80-Jan-01 00:00 settings.json",
      "-rw-r--r-- 6.3 unx 3 b- stor 80-Jan-01 00:00 データ/naïve.txt",
    ]
  `);
    const verbose = spawnSync("unzip", ["-Zv", zip], { encoding: "utf8" }).stdout;
    expect(verbose.match(/length of extra field: +0 bytes/g)).toHaveLength(5);
    expect(verbose).not.toMatch(/extended local header: +yes/);
    await writeFile(zip, (await manyZipped).bytes);
    expect(spawnSync("unzip", ["-tq", zip], { encoding: "utf8" }).stdout).toContain(
      "No errors detected",
    );
  },
  60_000,
);

test.skipIf(!has("python3", "--version"))(
  "Python's zipfile reads it, zip64 too (needs python3)",
  async () => {
    const script = `import json, sys, zipfile
z = zipfile.ZipFile(sys.argv[1])
assert z.testzip() is None
print(json.dumps([[i.filename, i.file_size, oct(i.external_attr >> 16), i.date_time] for i in z.infolist()][:5]))`;
    const zip = join(folder, "a.zip");
    const read = (): unknown => {
      const { stdout, stderr } = spawnSync("python3", ["-c", script, zip], { encoding: "utf8" });
      expect(stderr).toBe("");
      return JSON.parse(stdout);
    };
    await writeFile(zip, (await writeZip(sample)).bytes);
    const date = [1980, 1, 1, 0, 0, 0];
    expect(read()).toEqual([
      ["bin/tool", 10, "0o100755", date],
      ["empty/__init__.py", 0, "0o100644", date],
      ["mymodule.py", repeated.length, "0o100644", date],
      ["settings.json", 21, "0o100644", date],
      ["データ/naïve.txt", 3, "0o100644", date],
    ]);
    await writeFile(zip, (await manyZipped).bytes);
    expect(read()).toHaveLength(5);
  },
  60_000,
);

test.skipIf(!has("python3", "--version"))(
  "what Python's zipfile writes is read: folders, streams, zip64 fields (needs python3)",
  async () => {
    const path = join(folder, "python.zip");
    const script = `import io, sys, zipfile
class Stream(io.RawIOBase):
    def __init__(self, file): self.file = file
    def writable(self): return True
    def write(self, data): return self.file.write(data)
with open(sys.argv[1], "wb") as file, zipfile.ZipFile(Stream(file), "w", zipfile.ZIP_DEFLATED) as z:
    z.writestr("folder/", "")
    z.writestr("folder/naïve.py", "x = 1\\n" * 100)
    with z.open("forced", "w", force_zip64=True) as f: f.write(b"abc" * 100)
    z.comment = b"a comment"`;
    expect(spawnSync("python3", ["-c", script, path], { encoding: "utf8" }).stderr).toBe("");
    const handle = await open(path);
    const zip = await fileSource(handle);
    const entries = await readCentralDirectory(zip);
    expect(entries.map((entry) => [entry.path, entry.type, entry.size])).toEqual([
      ["folder/", "folder", 0],
      ["folder/naïve.py", "file", 600],
      ["forced", "file", 300],
    ]);
    for (const entry of entries) expect((await readEntry(zip, entry)).length).toBe(entry.size);
    await handle.close();
  },
);

test.skipIf(!has("zip", "-v"))(
  "what Info-ZIP writes is read: modes, links, names that are not ASCII (needs zip)",
  async () => {
    const script = `umask 022; mkdir d; echo x > d/naïve; echo y > run; chmod 755 run; ln -s run link; zip -qry a.zip d run link`;
    expect(spawnSync("sh", ["-c", script], { cwd: folder, encoding: "utf8" }).stderr).toBe("");
    const handle = await open(join(folder, "a.zip"));
    const source = await fileSource(handle);
    const entries = await readCentralDirectory(source);
    const seen = entries.map((entry) => [entry.path, entry.type, entry.mode.toString(8)]);
    expect(seen.toSorted(([a = ""], [b = ""]) => (a < b ? -1 : 1))).toEqual([
      ["d/", "folder", "755"],
      ["d/naïve", "file", "644"],
      ["link", "link", "777"],
      ["run", "file", "755"],
    ]);
    for (const entry of entries) await readEntry(source, entry);
    await handle.close();
  },
);

const goCache = join(tmpdir(), "touchdown-test-go-cache");

const listed = [
  ["bin/tool", 10, 0o755],
  ["empty/__init__.py", 0, 0o644],
  ["mymodule.py", repeated.length, 0o644],
  ["settings.json", 21, 0o644],
  ["データ/naïve.txt", 3, 0o644],
];

/** Each line is JSON: name, size read, mode. */
function lines(command: readonly string[]): unknown[] {
  const [name = "", ...words] = command;
  const env = { ...process.env, LC_ALL: "C.UTF-8", HOME: folder, GO111MODULE: "off" };
  const { stdout, stderr } = spawnSync(name, words, { cwd: folder, encoding: "utf8", env });
  expect(stderr).toBe("");
  const found = stdout.trim().split("\n");
  return found.map((line): unknown => JSON.parse(line));
}

test.skipIf(!has("go", "version"))(
  "Go's archive/zip reads it, zip64 too (needs go)",
  async () => {
    const program = `package main
import ("archive/zip"; "encoding/json"; "fmt"; "io"; "os")
func main() {
  z, err := zip.OpenReader(os.Args[1])
  if err != nil { panic(err) }
  for i, f := range z.File {
    r, err := f.Open()
    if err != nil { panic(err) }
    n, err := io.Copy(io.Discard, r)
    if err != nil { panic(err) }
    if i >= 5 { continue }
    line, _ := json.Marshal([]any{f.Name, n, f.Mode().Perm()})
    fmt.Println(string(line))
  }
}`;
    await writeFile(join(folder, "read.go"), program);
    const built = spawnSync("go", ["build", "-o", "read", "read.go"], {
      cwd: folder,
      encoding: "utf8",
      // kept from run to run: Go compiles its own library first
      env: { ...process.env, GO111MODULE: "off", GOFLAGS: "", GOCACHE: goCache },
    });
    expect(built.stderr).toBe("");
    await writeFile(join(folder, "a.zip"), (await writeZip(sample)).bytes);
    expect(lines([join(folder, "read"), "a.zip"])).toEqual(listed);
    await writeFile(join(folder, "a.zip"), (await manyZipped).bytes);
    expect(lines([join(folder, "read"), "a.zip"])).toHaveLength(5);
  },
  120_000,
);

test.skipIf(!has("javac", "-version"))(
  "Java reads it, as a file and as a stream, zip64 too (needs javac)",
  async () => {
    const program = `import java.io.*;
import java.util.zip.*;
public class Read {
  public static void main(String[] args) throws Exception {
    int count = 0;
    try (ZipFile zip = new ZipFile(args[0])) {
      for (var entries = zip.entries(); entries.hasMoreElements();) {
        ZipEntry entry = entries.nextElement();
        long size = zip.getInputStream(entry).readAllBytes().length;
        if (count++ < 5) System.out.printf("[%1$c%2$s%1$c,%3$d]%n", 34, entry.getName(), size);
      }
    }
    try (ZipInputStream zip = new ZipInputStream(new FileInputStream(args[0]))) {
      while (zip.getNextEntry() != null) { zip.readAllBytes(); count--; }
    }
    if (count != 0) throw new IllegalStateException("the stream has other entries");
  }
}`;
    await writeFile(join(folder, "Read.java"), program);
    const words = ["-encoding", "UTF-8", "Read.java"];
    expect(spawnSync("javac", words, { cwd: folder, encoding: "utf8" }).stderr).toBe("");
    const java = ["java", "-Dsun.stdout.encoding=UTF-8", "-Dstdout.encoding=UTF-8", "Read"];
    await writeFile(join(folder, "a.zip"), (await writeZip(sample)).bytes);
    expect(lines([...java, "a.zip"])).toEqual(listed.map(([name, size]) => [name, size]));
    await writeFile(join(folder, "a.zip"), (await manyZipped).bytes);
    expect(lines([...java, "a.zip"])).toHaveLength(5);
  },
  120_000,
);
