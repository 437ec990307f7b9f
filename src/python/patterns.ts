/** `include` and `exclude`, and globs: libraries that are loaded only where there is a pattern. */

export interface Patterns {
  /** Whether `exclude` names a path of the zip. */
  readonly exclude: (path: string) => boolean;
  /** Whether `include` does, which counts more. A folder's path ends with `/`. */
  readonly include: (path: string) => boolean;
}

/** @source gitignore(5), “PATTERN FORMAT” */
export async function patternsOf(given: {
  readonly include: readonly string[];
  readonly exclude: readonly string[];
}): Promise<Patterns> {
  if (given.include.length + given.exclude.length === 0) return { exclude: never, include: never };
  const { pathMatcher } = await import("./path-patterns.ts");
  return { exclude: pathMatcher(given.exclude), include: pathMatcher(given.include) };
}

function never(): boolean {
  return false;
}

/** Whether a path, relative and with `/`, matches a glob such as `src/**\/*.py`. */
export async function globOf(pattern: string): Promise<(path: string) => boolean> {
  const { globMatcher } = await import("./glob.ts");
  return globMatcher(pattern);
}
