/** The process that `fetch.bench.ts` times: `node fetch-child.mjs FILES STORE`. */
import { readFileSync } from "node:fs";
import { fetchFiles } from "../../src/python/fetch/fetch.ts";
import type { LockedFile } from "../../src/python/lock/locked.ts";
import { openStore } from "../../src/store/store.ts";

const [, , input = "", folder = ""] = process.argv;
const files = JSON.parse(readFileSync(input, "utf8")) as LockedFile[];
await fetchFiles(files, { store: await openStore(folder), folder });
