/** A name and a password for a server; never printed, never stored. */
export type Credentials = { readonly username: string; readonly password: string };

/**
 * What a netrc file has for a host. Its `default` entry is not used: that would send a password to any server that
 * an address leads to.
 *
 * @source netrc(5), and what Python's `netrc` module makes of comments and quotes
 */
export function netrcEntry(text: string, host: string): Credentials | undefined {
  const words = wordReader(text);
  let here = false;
  let login = "";
  for (let word = words.next(); word !== undefined; word = words.next()) {
    // only where a keyword is expected: a password may begin with #
    if (word.startsWith("#")) words.skipLine();
    else if (word === "macdef") words.skipToEmptyLine();
    else if (word === "default") here = false;
    else if (word === "machine") {
      here = words.next() === host;
      login = "";
    } else {
      const value = words.next();
      if (!here || value === undefined) continue;
      if (word === "login" || word === "user") login = value;
      if (word === "password") return { username: login || loginAfter(words), password: value };
    }
  }
  return undefined;
}

/** The login may also follow the password. */
function loginAfter(words: Words): string {
  for (let word = words.next(); word !== undefined; word = words.next()) {
    if (word === "login" || word === "user") return words.next() ?? "";
    if (word !== "account") break;
    words.next();
  }
  return "";
}

type Words = ReturnType<typeof wordReader>;

function wordReader(text: string) {
  const word = /[ \t\r\n]*(?:"((?:[^"\\]|\\[^])*)"|((?:\\[^]|[^\s\\])+))/y;
  let at = 0;
  const skipTo = (end: string): void => {
    const found = text.indexOf(end, at);
    at = found === -1 ? text.length : found + end.length;
  };
  return {
    /** `undefined` at the end, and from what is no word on. */
    next(): string | undefined {
      word.lastIndex = at;
      const found = word.exec(text);
      at = found === null ? text.length : word.lastIndex;
      return found === null ? undefined : (found[1] ?? found[2] ?? "").replaceAll(/\\([^])/g, "$1");
    },
    skipLine: () => skipTo("\n"),
    skipToEmptyLine: () => skipTo("\n\n"),
  };
}
