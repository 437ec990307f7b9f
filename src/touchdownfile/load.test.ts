import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { describe, expect, test } from "vitest";
import { touchdownfileFolder } from "../../test/support/touchdownfile-folder.ts";
import { loadTouchdownfile } from "./load.ts";

class Ref {}
const library = { Ref, serializers: { json: (value: unknown) => JSON.stringify(value) } };

const { path, write, refusal } = touchdownfileFolder();

const whens = ["compiled now", "compiled before"] as const;

describe.each(whens)("loading the Touchdownfile, %s", (when) => {
  const load = loader(when);
  const declared = async (name: string, source: string): Promise<unknown[]> => {
    const seen: unknown[] = [];
    await (
      await load<unknown[]>(name, source)
    )(seen);
    return seen;
  };

  test("it is TypeScript, and imports the running library without node_modules", async () => {
    await write(
      "lib/late.ts",
      'import { Ref } from "touchdown-aws"; export const late = () => Ref;',
    );
    const source = `import type { Workspace } from "touchdown-aws";
      import { Ref, serializers } from "touchdown-aws";
      import * as all from "touchdown-aws";
      import { dirname } from "node:path";
      import { late } from "./lib/late";
      import { late as again } from "./lib/late.ts";
      const lazily = await import("touchdown-aws");
      interface Seen { push(...values: unknown[]): void }
      export default async (workspace: Workspace & Seen): Promise<void> => {
        workspace.push(Ref, all.Ref, lazily.Ref, late(), late === again);
        workspace.push(serializers.json({ a: 1 }), dirname(import.meta.filename));
      };`;
    const seen = [Ref, Ref, Ref, Ref, true, '{"a":1}', path()];
    expect(await declared("Touchdownfile.ts", source)).toEqual(seen);
  });

  test.each([
    ["Touchdownfile.mts", "export default (seen: unknown[]) => { seen.push(1); };"],
    ["Touchdownfile.mjs", "export default (seen) => { seen.push(1); };"],
    ["Touchdownfile.js", "export default (seen) => { seen.push(1); };"],
    ["Touchdownfile.js", "module.exports = (seen) => { seen.push(1); };"],
    ["Touchdownfile.ts", "#!/usr/bin/env touchdown\nexport default (s: 1[]) => { s.push(1); };"],
    ["Touchdownfile.ts", "export = (seen: number[]) => { seen.push(1); };"],
    ["Touchdownfile.cts", "module.exports = (seen: number[]) => { seen.push(1); };"],
    ["Touchdownfile.ts", "const { main } = import.meta; export default (s) => s.push(main ?? 1);"],
  ])("%s may be written as: %s", async (name, source) => {
    expect(await declared(name, source)).toEqual([1]);
  });

  test("the library is the running one, whatever the file is written in", async () => {
    await write("node_modules/touchdown-aws/index.js", "exports.Ref = 0;");
    const imports = 'import { Ref } from "touchdown-aws"; export default (seen) => seen.push(Ref);';
    expect(await declared("Touchdownfile.mjs", imports)).toEqual([Ref]);
    expect(await declared("Touchdownfile.js", imports)).toEqual([Ref]);
    const requires = 'const { Ref } = require("touchdown-aws"); export default (s) => s.push(Ref);';
    expect(await declared("Touchdownfile.ts", requires)).toEqual([Ref]);
  });

  test("it knows where it is, and can load what lies beside it in every way", async () => {
    await write("a.ts", "export const a: number = 1; export default 2;");
    await write("b.cjs", "exports.b = 3;");
    await write("c.js", "module.exports = { c: 4 };");
    await write("d.mjs", "export const d = await Promise.resolve(5);");
    await write("lib/index.mts", "export { a as e } from '../a.js'; export * from '../d';");
    await write("f.json", '{ "f": 6 }');
    const source = `import two, { a } from "./a";
      import { b } from "./b.cjs";
      import c from "./c";
      import * as d from "./d.mjs";
      import { e, d as again } from "./lib";
      import f from "./f.json" with { type: "json" };
      const name = "a";
      const { a: lazily } = await import(\`./\${name}\`);
      const { readFileSync } = require("node:fs");
      export default async (seen: unknown[]): Promise<void> => {
        seen.push(two, a, b, c, d.d, e, again, f, lazily, require("./a").a, require("./f.json").f);
        seen.push((await import("./b.cjs")).b, readFileSync(__filename, "utf8").slice(0, 6));
        seen.push(import.meta.url, import.meta.dirname, import.meta.filename, __dirname);
        seen.push(import.meta.resolve("./a"), require.resolve("./a"), typeof module, this);
      };`;
    const file = join(path(), "Touchdownfile.ts");
    const a = join(path(), "a.ts");
    const values = [2, 1, 3, { c: 4 }, 5, 1, 5, { f: 6 }, 1, 1, 6, 3, "import"];
    const here = [pathToFileURL(file).href, path(), file, path()];
    const found = [pathToFileURL(a).href, a, "object", undefined];
    expect(await declared("Touchdownfile.ts", source)).toEqual([...values, ...here, ...found]);
  });

  test("the user's own packages are found by Node's rules", async () => {
    const packages: Record<string, Record<string, string>> = {
      modern: {
        "package.json":
          '{ "type": "module", "exports": { "import": "./a.js", "require": "./b.cjs" } }',
        "a.js": "export const how = 'import'; export default 'd';",
        "b.cjs": "exports.how = 'require';",
      },
      old: { "package.json": '{ "main": "lib/main" }', "lib/main.js": "exports.how = 'main';" },
      // ES modules that Node itself would refuse: no type, imports without extensions
      untyped: { "index.js": "export { how } from './how';", "how.js": "export const how = 'u';" },
      "@own/typed": {
        "package.json": '{ "exports": "./index.ts" }',
        "index.ts": "export const how: string = 'ts';",
      },
    };
    for (const [name, files] of Object.entries(packages)) {
      for (const [file, text] of Object.entries(files)) {
        await write(`node_modules/${name}/${file}`, text);
      }
    }
    const source = `import def, { how } from "modern";
      import { how as old } from "old";
      import { how as untyped } from "untyped";
      import { how as typed } from "@own/typed";
      export default (seen: unknown[]) => {
        seen.push(def, how, require("modern").how, old, untyped, typed);
      };`;
    const seen = ["d", "import", "require", "main", "u", "ts"];
    expect(await declared("Touchdownfile.ts", source)).toEqual(seen);
  });

  test("files that import each other see what is exported by then", async () => {
    await write("a.ts", 'import { b } from "./b"; export const a = () => b(); export const n = 1;');
    await write("b.ts", 'import { n } from "./a"; export const b = () => n;');
    const source =
      'import { a } from "./a"; export default (seen: number[]) => { seen.push(a()); };';
    expect(await declared("Touchdownfile.ts", source)).toEqual([1]);
  });

  test("it is executed at every load, with the environment of that time", async () => {
    const source = `const now = process.env["TOUCHDOWNFILE_TEST"];
      export default (seen: unknown[]) => { seen.push(now); };`;
    try {
      for (const value of ["one", "two"]) {
        process.env["TOUCHDOWNFILE_TEST"] = value;
        expect(await declared("Touchdownfile.ts", source)).toEqual([value]);
      }
    } finally {
      delete process.env["TOUCHDOWNFILE_TEST"];
    }
  });

  test.each(["n.ts", "n.mjs", "n.json"])("an edit is seen, in the file and in %s", async (name) => {
    const source = `import * as all from "./${name}";
      export default (seen: unknown[]) => { seen.push(all.n); };`;
    for (const n of [1, 2, 2]) {
      await write(name, name === "n.json" ? `{ "n": ${n} }` : `export const n = ${n};`);
      expect(await declared("Touchdownfile.ts", source)).toEqual([n]);
      const edited = source.replace("all.n", `all.n + ${n}`);
      expect(await declared("Touchdownfile.ts", edited)).toEqual([n + n]);
    }
  });

  test("a file that comes to stand before the one that was imported is seen", async () => {
    await write("lib/index.ts", "export const n = 1;");
    const source =
      'import { n } from "./lib"; export default (seen: unknown[]) => { seen.push(n); };';
    expect(await declared("Touchdownfile.ts", source)).toEqual([1]);
    await write("lib/index.mjs", "export const n = 2;");
    expect(await declared("Touchdownfile.ts", source)).toEqual([2]);
    await write("lib.cts", "export const n = 3;");
    expect(await declared("Touchdownfile.ts", source)).toEqual([3]);
  });

  test("a file that throws is run once", async () => {
    await write("ran.cjs", "exports.times = 0;");
    const source = `import ran from "./ran.cjs"; ran.times += 1;
      if (ran.times < 9) throw new Error("ran " + ran.times); export default () => {};`;
    const before = when === "compiled now" ? 1 : 2;
    expect(await refusal(load("Touchdownfile.mjs", source))).toEqual([
      "TOUCHDOWNFILE_THREW",
      `FOLDER/Touchdownfile.mjs:2: ran ${before}`,
      undefined,
    ]);
  });

  test("what it was compiled to is kept in the user's cache, and nowhere else", async () => {
    await load("Touchdownfile.ts", "export default (): void => {};");
    expect(await readdir(path())).toEqual(["Touchdownfile.ts", "cache"]);
    expect(await readdir(join(path(), "cache/touchdownfiles-v2"))).toHaveLength(1);
  });

  test("a cache folder that can't be made does not stop it", async () => {
    process.env["TOUCHDOWN_CACHE_DIR"] = join(await write("file", ""), "cache");
    const source = "export default (s: number[]) => { s.push(1); };";
    expect(await declared("Touchdownfile.ts", source)).toEqual([1]);
  });

  test("a cache folder that can't be written in does not stop it", async () => {
    // A file where the folder should be stops root too.
    await write("cache/touchdownfiles-v2", "");
    const source = "export default (s: number[]) => { s.push(1); };";
    expect(await declared("Touchdownfile.ts", source)).toEqual([1]);
  });
});

/** Writes a Touchdownfile and loads it; "compiled before": for the second time. */
function loader(when: (typeof whens)[number]) {
  return async <Workspace>(name: string, source: string) => {
    const file = await write(name, source);
    const options = { library, version: "1.0.0" };
    if (when === "compiled before") {
      await loadTouchdownfile(file, options).catch(() => undefined);
    }
    return loadTouchdownfile<Workspace>(file, options);
  };
}
