import { closeSync, openSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { makeElf, type ElfOptions } from "../../../test/support/make-elf.ts";
import { elfInFile, elfInMemory, readElf } from "./elf.ts";

const facts = (bytes: Buffer) => readElf("a.so", elfInMemory(bytes));
const typical: ElfOptions = {
  needed: ["libm.so.6", "libc.so.6"],
  versions: { "libm.so.6": ["GLIBC_2.2.5"], "libc.so.6": ["GLIBC_2.17", "GLIBC_2.9"] },
};

describe("strange files", () => {
  const strange: readonly (readonly [string, Buffer])[] = [
    ["nothing", Buffer.alloc(0)],
    ["text", Buffer.from("#!/bin/sh\n".repeat(20))],
    ["only the magic", makeElf().subarray(0, 4)],
    ["half a header", makeElf().subarray(0, 40)],
    ["an object file", makeElf({ type: 1 })],
    ["a core", makeElf({ type: 4 })],
    ["macOS", Buffer.concat([Buffer.from("cffaedfe", "hex"), Buffer.alloc(100)])],
  ];
  for (const [what, bytes] of strange) {
    test(`${what} is none`, () => expect(facts(bytes)).toBeUndefined());
  }

  test("cut anywhere, it is read as far as it goes", () => {
    const whole = makeElf(typical);
    for (let length = 0; length < whole.length; length++) {
      const machine = facts(whole.subarray(0, length))?.machine;
      expect(machine).toBe(length < 64 ? undefined : "x86_64");
    }
  });

  test("any bytes changed to any others crash nothing", () => {
    const options = fc.record({ bits: fc.constantFrom(32, 64), bigEndian: fc.boolean() });
    const changes = fc.array(fc.tuple(fc.nat(2_000), fc.nat(255)), { maxLength: 12 });
    fc.assert(
      fc.property(options, changes, (kind, edits) => {
        const bytes = makeElf({ ...typical, ...(kind as ElfOptions) });
        for (const [at, value] of edits) bytes[4 + (at % (bytes.length - 4))] = value;
        const found = facts(bytes);
        expect(found === undefined || found.path === "a.so").toBe(true);
      }),
      { numRuns: 2_000 },
    );
  });

  test("tables that name themselves end", () => {
    const bytes = makeElf({ versions: { "libc.so.6": ["GLIBC_2.4", "GLIBC_2.5"] } });
    // vn_next and vna_next of all parts: to themselves is 0, the end; far away is the end too
    for (let at = bytes.length - 48; at < bytes.length; at += 4) {
      const changed = Buffer.from(bytes);
      changed.writeUInt32LE(0xffffffff, at);
      expect(facts(changed)?.machine).toBe("x86_64");
    }
  });
});

test("an ordinary extension module", () => {
  expect(facts(makeElf(typical))).toEqual({
    path: "a.so",
    machine: "x86_64",
    glibc: "2.17",
    needed: ["libm.so.6", "libc.so.6"],
  });
});

test("other machines, 32 bits, and numbers the other way round", () => {
  for (const bits of [32, 64] as const) {
    for (const bigEndian of [false, true]) {
      expect(facts(makeElf({ ...typical, bits, bigEndian, machine: 183 }))).toEqual({
        path: "a.so",
        machine: "aarch64",
        glibc: "2.17",
        needed: ["libm.so.6", "libc.so.6"],
      });
    }
  }
  expect(facts(makeElf({ machine: 40 }))?.machine).toBe("machine 40");
});

test("a program without a dynamic section needs nothing", () => {
  expect(facts(makeElf({ type: 2, fixed: true }))).toEqual({
    path: "a.so",
    machine: "x86_64",
    needed: [],
  });
});

test("versions compare as numbers, of glibc alone, and weak ones may be missing", () => {
  const glibc = (...versions: string[]) => facts(makeElf({ versions: { lib: versions } }))?.glibc;
  expect(glibc("GLIBC_2.9", "GLIBC_2.10")).toBe("2.10");
  expect(glibc("GLIBC_2.2.5")).toBe("2.2");
  expect(glibc("GLIBCXX_3.4.29", "GLIBC_PRIVATE", "GCC_3.0", "XGLIBC_2.99")).toBeUndefined();
  expect(glibc("GLIBC_2.17", "~GLIBC_2.38")).toBe("2.17");
  expect(glibc("GLIBC_2.17", "GLIBC_ABI_DT_RELR")).toBe("2.36");
});

test("the same from a file", async () => {
  const folder = await mkdtemp(join(tmpdir(), "touchdown-elf-"));
  const path = join(folder, "a.so");
  const bytes = makeElf(typical);
  await writeFile(path, bytes);
  const file = openSync(path, "r");
  try {
    expect(readElf("a.so", elfInFile(file, bytes.length))).toEqual(facts(bytes));
    expect(elfInFile(file, bytes.length)(1e19, 8)).toEqual(Buffer.alloc(0));
    expect(elfInFile(file, bytes.length)(bytes.length - 1, 8)).toHaveLength(1);
  } finally {
    closeSync(file);
    await rm(folder, { recursive: true });
  }
});
