/** Where the files are that a lock has no address of: in the indexes it names, those that are configured, or where uv looks. */
import { limit } from "../../core/limit.ts";
import { getText } from "../../host/get-text.ts";
import { openIndexClient, type IndexClient } from "../uv/index-client.ts";
import { locateFiles, type GetPage, type LocatedPackage } from "./index-files.ts";
import type { LockedPackage } from "./locked.ts";
import { filesThatUvFinds, type LocateOptions } from "../uv/uv-files.ts";

/** As many pages at a time as files. */
const parallel = 16;

/**
 * uv knows an index where none is configured, and reads pages and folders of links; so what the configured indexes do not
 * have is looked for by it, unless they are all there is.
 *
 * @throws INDEX_PAGE, LOCK_FILES, UV_MISSING, and what `getText` throws
 */
export async function locatePackages(
  packages: readonly LockedPackage[],
  options: LocateOptions,
): Promise<readonly LocatedPackage[]> {
  const opened = openIndexClient(options);
  const { indexes, none } = opened.configured;
  const pages = none
    ? []
    : indexes.filter(({ kind, address }) => kind !== "links" && isWeb(address));
  const isAll = indexes.some(({ kind }) => kind === "default") && pages.length === indexes.length;
  try {
    return await locateFiles(packages, {
      lock: options.lock,
      indexes: pages.map(({ address }) => address),
      get: pageGetter(opened, options.signal),
      ...(isAll ? {} : { elsewhere: (rest) => filesThatUvFinds(rest, options) }),
    });
  } finally {
    opened.client.close();
  }
}

function pageGetter({ client, waitMs }: IndexClient, signal: AbortSignal | undefined): GetPage {
  const slot = limit(parallel);
  return (url, { accept }) => {
    // an index that is a folder is uv's to read
    if (!isWeb(url)) return Promise.resolve(undefined);
    const running = signal === undefined ? {} : { signal };
    return slot(() => getText(new URL(url), { client, accept, idleMs: waitMs, ...running }));
  };
}

function isWeb(address: string): boolean {
  return /^https?:/i.test(address) && URL.canParse(address);
}
