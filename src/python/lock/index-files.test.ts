import { expect, test } from "vitest";
import { locateFiles, type GetPage } from "./index-files.ts";
import type { LockedPackage } from "./locked.ts";

const [one, two, three] = ["1", "2", "3"].map((digit) => digit.repeat(64)) as [
  string,
  string,
  string,
];

const json = JSON.stringify({
  meta: { "api-version": "1.1" },
  name: "six",
  files: [
    {
      filename: "six-1.16.0-py2.py3-none-any.whl",
      url: "../../files/six-1.16.0-py2.py3-none-any.whl",
      hashes: { sha256: one },
      size: 11_053,
    },
    {
      filename: "six-1.16.0.tar.gz",
      url: "https://files.index.invalid/six-1.16.0.tar.gz",
      hashes: {},
    },
    { filename: "six-1.17.0.tar.gz", url: "six-1.17.0.tar.gz", hashes: { sha256: three } },
  ],
});

const html = `<!DOCTYPE html><html><head><base href="/files/"></head><body>
  <a data-requires-python="&gt;=3" href="six-1.16.0.tar.gz?a=1&amp;b=2#sha256=${two}">six-1.16.0.tar.gz</a><br/>
  <a class='x' href='six%2B-1.15.0-py3-none-any.whl#md5=0'>old</a>
  </body></html>`;

const pages: Readonly<Record<string, { contentType: string; text: string }>> = {
  "https://json.invalid/simple/six/": {
    contentType: "application/vnd.pypi.simple.v1+json",
    text: json,
  },
  "https://html.invalid/six/": { contentType: "text/html; charset=utf-8", text: html },
};

const asked: string[] = [];
const get: GetPage = (url) => {
  asked.push(url);
  const page = pages[url];
  return Promise.resolve(page === undefined ? undefined : { url, ...page });
};

const indexes = ["https://empty.invalid", "https://json.invalid/simple/", "https://html.invalid/"];

function locate(source: LockedPackage["source"], where = indexes) {
  const locked = { name: "six", version: "1.16.0", source };
  return locateFiles([locked], { lock: "poetry.lock", indexes: where, get });
}

test("by hash, from JSON and from HTML, until all are found", async () => {
  asked.length = 0;
  expect(await locate({ kind: "hashes", sha256: [one, two] })).toEqual([
    {
      name: "six",
      version: "1.16.0",
      source: {
        kind: "files",
        wheels: [
          {
            name: "six-1.16.0-py2.py3-none-any.whl",
            url: "https://json.invalid/files/six-1.16.0-py2.py3-none-any.whl",
            sha256: one,
            size: 11_053,
          },
        ],
        sdist: {
          name: "six-1.16.0.tar.gz",
          url: "https://html.invalid/files/six-1.16.0.tar.gz?a=1&b=2",
          sha256: two,
        },
      },
    },
  ]);
  expect(asked).toEqual([
    "https://empty.invalid/six/",
    "https://json.invalid/simple/six/",
    "https://html.invalid/six/",
  ]);
});

test("the lock's own index first; what has a url is not looked for", async () => {
  asked.length = 0;
  const wheels = [{ name: "six-1.16.0-py2.py3-none-any.whl", sha256: one }];
  const named = ["https://json.invalid/simple"];
  const [found] = await locate({ kind: "files", wheels, indexes: named });
  expect(found?.source).toMatchObject({
    wheels: [{ url: "https://json.invalid/files/six-1.16.0-py2.py3-none-any.whl" }],
  });
  expect(asked).toEqual(["https://json.invalid/simple/six/"]);
  const whole = {
    kind: "files",
    wheels: [{ name: "a", url: "https://a.invalid/a", sha256: one }],
  } as const;
  expect((await locate(whole))[0]?.source).toBe(whole);
  const folder = { kind: "directory", path: "/lib" } as const;
  expect((await locate(folder))[0]?.source).toBe(folder);
  expect(asked).toHaveLength(1);
});

test("a named file that is nowhere stays without url, as long as another is found", async () => {
  const wheels = [
    { name: "six-1.16.0-py2.py3-none-any.whl", sha256: one },
    { name: "six-1.16.0-cp312-cp312-any.whl", sha256: "4".repeat(64) },
  ];
  const [found] = await locate({ kind: "files", wheels });
  expect(found?.source).toMatchObject({ wheels: [{ size: 11_053 }, wheels[1]] });
});

test("a package of which no index has a file", async () => {
  const problem = locate({ kind: "hashes", sha256: ["5".repeat(64)] }, [
    "https://me:secret@html.invalid",
  ]);
  await expect(problem).rejects.toMatchObject({
    code: "LOCK_FILES",
    message: "no index has a file of six 1.16.0 with a hash that is in poetry.lock",
    hint: "these were asked: https://html.invalid; lock again, or configure the index that it is from, for example with UV_INDEX",
  });
});

test.each([
  ["{", "https://bad.invalid/six/ is not JSON"],
  ['{"meta":{"api-version":"2.0"},"files":[]}', "https://bad.invalid/six/ answers in version 2.0"],
  ['{"files":{}}', "https://bad.invalid/six/: files is {}, not a list"],
])("a page that is none: %s", async (text, message) => {
  const bad: GetPage = (url) => Promise.resolve({ url, contentType: "application/json", text });
  const locked = { name: "six", source: { kind: "hashes", sha256: [one] } } as const;
  const problem = locateFiles([locked], {
    lock: "Pipfile.lock",
    indexes: ["https://bad.invalid"],
    get: bad,
  });
  await expect(problem).rejects.toMatchObject({
    code: "INDEX_PAGE",
    message: expect.stringContaining(message) as unknown,
  });
});

test("what no index has is asked for elsewhere, once, by those who lack it", async () => {
  const has = {
    name: "six",
    version: "1.16.0",
    source: { kind: "hashes", sha256: [one] },
  } as const;
  const lacks = { ...has, name: "seven", source: { kind: "hashes", sha256: [two] } } as const;
  const file = { name: "seven-1.16.0.tar.gz", path: "/links/seven-1.16.0.tar.gz", sha256: two };
  const calls: string[][] = [];
  const found = await locateFiles([has, lacks], {
    lock: "Pipfile.lock",
    indexes,
    get,
    elsewhere: (rest) => {
      calls.push(rest.map(({ name }) => name));
      return Promise.resolve(new Map([[two, file]]));
    },
  });
  expect(calls).toEqual([["seven"]]);
  expect(found[1]?.source).toEqual({ kind: "files", wheels: [], sdist: file });
});
