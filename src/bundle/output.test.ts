import { createHash } from "node:crypto";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import * as z from "zod/mini";
import { asArtifact } from "../core/artifact.ts";
import type { Artifact } from "../core/artifact.ts";
import type { Declarations } from "../core/declare.ts";
import { defineResource } from "../core/define.ts";
import { isArtifactLike, orRef } from "../core/input.ts";
import { bundleProblems } from "./bundle.ts";
import type { Output } from "./output.ts";
import { bundleWorld } from "../../test/support/bundle-world.ts";
import type { BundleWorld, Declare } from "../../test/support/bundle-world.ts";

let world: BundleWorld;
beforeEach(async () => {
  world = await bundleWorld();
});
afterEach(() => world.remove());

const inside = (name: string): string => join(world.folder, name);

/** Something that takes an artifact and a text, as a function takes code and a description. */
class Shop {
  code: Artifact | undefined;
  text = "";

  readonly definition = defineResource({
    type: "test.shop",
    noun: "shop",
    schema: z.strictObject({
      name: z.string(),
      code: z.pipe(
        z.unknown(),
        z.transform((value) => (isArtifactLike(value) ? value[asArtifact]() : value)),
      ),
      text: orRef(z.string().check(z.maxLength(20))),
    }),
    key: ["name"],
    read: (_context: unknown, _want): Promise<Shop> => Promise.resolve(this),
    aspects: {
      code: {
        fields: {
          code: {
            want: ({ code }) => (code as Artifact).sha256,
            have: (have: Shop) => have.code?.sha256,
            show: () => "…",
          },
          text: { want: ({ text }) => text, have: (have: Shop) => have.text },
        },
        apply: (_context, { want }) => {
          this.code = want.code as Artifact;
          this.text = want.text;
          return Promise.resolve();
        },
      },
    },
    properties: {},
  });

  declare(declarations: Declarations, output: Output): void {
    const scope = { label: "", open: () => Promise.resolve(undefined) };
    declarations.adder(this.definition, scope)({ name: "s", code: output, text: output });
  }
}

test("an output is pending while its bundle is, and then stands for its bytes and its text", async () => {
  const shop = new Shop();
  const declare: Declare = (bundle, declarations) => {
    bundle.addFile({ name: "source", contents: "zipped" });
    bundle.addExecute({ command: "cp source out.zip", unless: "cmp -s source out.zip" });
    shop.declare(declarations, bundle.addOutput({ name: "out.zip" }));
  };
  expect((await world.plan(declare)).lines).toEqual([
    "file source: create",
    "  contents: 6 bytes",
    "execute cp source out.zip: pending",
    "  may run (needs file source)",
    "output out.zip: pending",
    "  may change (needs file source, execute cp source out.zip)",
    "shop s: update",
    "  code (needs output out.zip)",
    "  text (needs output out.zip)",
  ]);
  expect((await world.apply(declare)).errors).toEqual([]);
  expect(shop.text).toBe("zipped");
  expect(shop.code).toMatchObject({
    name: "out.zip",
    size: 6,
    sha256: createHash("sha256").update("zipped").digest("hex"),
  });
  expect((await world.plan(declare)).report.summary.unchanged).toBe(4);
});

async function artifactOf(name: string): Promise<Artifact> {
  const shop = new Shop();
  const ran = await world.apply((bundle, declarations) => {
    shop.declare(declarations, bundle.addOutput({ name }));
  });
  if (shop.code === undefined) throw new Error(ran.errors.join());
  return shop.code;
}

test("an artifact gives any part of the file and streams all of it", async () => {
  await writeFile(inside("abc"), "abcdef");
  const artifact = await artifactOf("abc");
  expect(Buffer.from(await artifact.read(1, 3)).toString()).toBe("bcd");
  expect(Buffer.from(await artifact.read(4, 100)).toString()).toBe("ef");
  expect(await artifact.read(6, 1)).toHaveLength(0);
  const chunks = [];
  for await (const chunk of artifact.open()) chunks.push(chunk);
  expect(Buffer.concat(chunks).toString()).toBe("abcdef");
});

test("a file that was written again or removed after it was hashed is an error, not other bytes", async () => {
  await writeFile(inside("abc"), "abcdef");
  const artifact = await artifactOf("abc");
  await writeFile(inside("abc"), "ABCDEF");
  await expect(artifact.read(0, 1)).rejects.toMatchObject({
    code: "ARTIFACT_CHANGED",
    message: `${world.folder}/abc changed while it was used: it was written again`,
  });
  await expect(artifact.open()[Symbol.asyncIterator]().next()).rejects.toMatchObject({
    code: "ARTIFACT_CHANGED",
  });
  await rm(inside("abc"));
  await expect(artifact.read(0, 1)).rejects.toMatchObject({ code: "ARTIFACT_CHANGED" });
});

test("an output that is not there names the file and the steps that should make it", async () => {
  const { errors } = await world.apply((bundle) => {
    bundle.addFile({ name: "source", contents: "" });
    bundle.addExecute({ command: "true" });
    bundle.addOutput({ name: "lambda.zip" });
  });
  expect(errors).toEqual([
    `OUTPUT_MISSING there is no ${world.folder}/lambda.zip (one of these should make it: file source, execute true; look at its unless or creates)`,
  ]);
  await mkdir(inside("folder"));
  const folder = await world.plan((bundle) => bundle.addOutput({ name: "folder" }));
  expect(folder.errors[0]).toContain("folder should be a file, but a folder is there");
});

test("bytes that are no text are refused where a text is wanted", async () => {
  await writeFile(inside("bytes"), new Uint8Array([0xff]));
  const { errors } = await world.apply((bundle) => {
    bundle.addFile({ name: "copy", contents: bundle.addOutput({ name: "bytes" }) });
  });
  expect(errors).toEqual([`FILE_TEXT ${world.folder}/bytes is not UTF-8 text`]);
});

test("an output goes into a file and a command as text", async () => {
  const { errors } = await world.apply((bundle) => {
    bundle.addExecute({ command: "echo 1.2.3 > version" });
    const version = bundle.addOutput({ name: "version" });
    bundle.addFile({ name: "copy", contents: version });
    bundle.addExecute({ command: ["sh", "-c", 'printf %s "$1" > said', "sh", version] });
  });
  expect(errors).toEqual([]);
  expect(await readFile(inside("copy"), "utf8")).toBe("1.2.3\n");
  expect(await readFile(inside("said"), "utf8")).toBe("1.2.3\n");
});

test("what is wrong with a bundle's own arguments is said in words", () => {
  const wrong = { target: "local", alwaysApply: "yes", alwaysAply: true };
  expect(bundleProblems(wrong as never).map(({ message }) => message)).toEqual([
    "addFuselageBundle: target must be what workspace.addLocal() returns",
    "addFuselageBundle: alwaysApply must be true or false",
    'addFuselageBundle: alwaysAply is not an argument, did you mean "alwaysApply"?',
  ]);
});
