import { AwsError } from "./aws-error.ts";
import type { AwsContext } from "./context.ts";

/** What a list says of some of its items. */
export interface Listed<T> {
  readonly items: ReadonlyMap<string, T>;
  /** The list was read to its end: what is not in `items` is not there. */
  readonly complete: boolean;
}

interface Page<T, Token> {
  readonly items: readonly T[] | undefined;
  /** Absent on the last. */
  readonly next: Token | undefined;
}

/**
 * Read a list until every name was found, or it has cost as many calls as asking for each of them would have: then
 * there are far more in the account than are wanted.
 */
export async function findInList<T, Token = string>(
  names: ReadonlySet<string>,
  nameOf: (item: T) => string | undefined,
  ask: (token: Token | undefined) => Promise<Page<T, Token>>,
): Promise<Listed<T>> {
  const items = new Map<string, T>();
  let token: Token | undefined;
  for (let calls = 0; calls < names.size; calls += 1) {
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

/** Undefined where these credentials may not: single reads need other permissions. */
export async function ifAllowed<T>(
  { runtime }: AwsContext,
  what: string,
  read: () => Promise<T>,
): Promise<T | undefined> {
  try {
    return await read();
  } catch (error) {
    if (!(error instanceof AwsError) || error.code !== "ACCESS_DENIED") throw error;
    const message = `${what} are read one by one: ${error.message}`;
    runtime.emit({
      type: "warning",
      message: error.hint === undefined ? message : `${message}; ${error.hint}`,
    });
    return undefined;
  }
}
