/** Which file an import means. */
import { realpathSync, statSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { extensions, jitiFor } from "./compile.ts";

interface Asking {
  /** The absolute path of the file that imports. */
  readonly from: string;
  /** Whether by `import` or by `require`: packages may answer them differently. */
  readonly async: boolean;
}

/**
 * The absolute path that `specifier` leads to, links followed.
 *
 * @throws what jiti throws where there is no such file
 */
export function resolveImport(specifier: string, { from, async }: Asking): string {
  const near = resolveRelative(specifier, from);
  if (near !== undefined) return near;
  const jiti = jitiFor(from);
  if (!async) return jiti.resolve(specifier);
  const found = jiti.esmResolve(specifier);
  return found.startsWith("file:") ? fileURLToPath(found) : found;
}

/** Added in this order to a path that is no file as it stands. */
const endings = ["", ...extensions, ...extensions.map((extension) => `/index${extension}`)];

/**
 * As jiti would find it, without loading jiti; undefined for what needs its other rules: packages,
 * URLs, `./a.js` for a.ts, and what is not there.
 */
export function resolveRelative(specifier: string, from: string): string | undefined {
  // In a URL %, ? and # are no letters of a name.
  if (!/^\.\.?\/[^%?#\\]*[^%?#\\/]$/u.test(specifier)) return undefined;
  const path = resolve(dirname(from), specifier);
  try {
    const ending = endings.find((each) =>
      statSync(path + each, { throwIfNoEntry: false })?.isFile(),
    );
    return ending === undefined ? undefined : realpathSync(path + ending);
  } catch {
    return undefined;
  }
}
