import ignore from "ignore";

/**
 * Whether a path matches patterns as of a .gitignore: `*.pyc`, `/docs/`, `tests`, `!tests/keep.py`. A later pattern
 * counts more; a folder that matches takes all below it.
 *
 * @param patterns  none match nothing
 * @returns         takes paths as they are in a zip: relative, `/`-separated
 */
export function pathMatcher(patterns: readonly string[]): (path: string) => boolean {
  if (patterns.length === 0) return () => false;
  // as git does where names that differ by case are two files: on Lambda
  const matcher = ignore({ ignorecase: false }).add([...patterns]);
  return (path) => matcher.ignores(path);
}
