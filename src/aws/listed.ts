import { AwsError } from "./aws-error.ts";
import type { AwsContext } from "./context.ts";
import type { Page } from "./pages.ts";

/** What a list says of some of its items. */
export interface Listed<T> {
  readonly items: ReadonlyMap<string, T>;
  /** The list was read to its end: what is not in `items` is not there. */
  readonly complete: boolean;
}

/**
 * Read a list until every name was found, or it has cost as many calls as asking for each of them would have: then
 * there are far more in the account than are wanted.
 *
 * @param callsEach  that a read of one takes. Default: 1
 */
export async function findInList<T, Token = string>(
  names: ReadonlySet<string>,
  nameOf: (item: T) => string | undefined,
  ask: (token: Token | undefined) => Promise<Page<T, Token>>,
  callsEach = 1,
): Promise<Listed<T>> {
  const items = new Map<string, T>();
  let token: Token | undefined;
  for (let calls = 0; calls < names.size * callsEach; calls += 1) {
    const page = await ask(token);
    for (const item of page.items ?? []) {
      const name = nameOf(item);
      if (name !== undefined && names.has(name)) items.set(name, item);
    }
    token = page.next;
    if (token === undefined) return { items, complete: true };
    if (items.size === names.size) break;
  }
  return { items, complete: false };
}

/** From how many on it takes so long to read each that it is said. */
const worthSaying = 20;

/** Undefined where these credentials may not: single reads need other permissions. */
export async function ifAllowed<T>(
  { runtime }: AwsContext,
  { what, count }: { readonly what: string; readonly count: number },
  read: () => Promise<T>,
): Promise<T | undefined> {
  try {
    return await read();
  } catch (error) {
    if (!(error instanceof AwsError) || error.code !== "ACCESS_DENIED") throw error;
    if (count >= worthSaying) {
      const hint = error.hint === undefined ? "" : `; ${error.hint}`;
      const message = `${count} ${what} are read one by one: ${error.message}${hint}`;
      runtime.emit({ type: "warning", message });
    }
    return undefined;
  }
}

/** What all names begin with. */
export function commonPrefix(names: readonly string[]): string {
  const [first = "", ...rest] = names;
  let length = first.length;
  for (const name of rest) {
    while (!name.startsWith(first.slice(0, length))) length -= 1;
  }
  return first.slice(0, length);
}
