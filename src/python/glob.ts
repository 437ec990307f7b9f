import picomatch from "picomatch";

/** Whether a path, relative and with `/`, matches the glob. */
export function globMatcher(pattern: string): (path: string) => boolean {
  const matches = picomatch(pattern, { dot: true });
  // its second parameter changes what it returns, so it must never be handed to `some` or `filter`
  return (path) => matches(path);
}
