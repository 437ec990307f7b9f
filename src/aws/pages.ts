/** One page of a list, and where the next begins; `next` is absent on the last. */
export interface Page<T, Token> {
  readonly items: readonly T[] | undefined;
  readonly next: Token | undefined;
}

/** Every item of a call that answers in pages. */
export async function allPages<T, Token = string>(
  ask: (token: Token | undefined) => Promise<Page<T, Token>>,
): Promise<readonly T[]> {
  const items: T[] = [];
  let token: Token | undefined;
  do {
    const page = await ask(token);
    items.push(...(page.items ?? []));
    token = page.next;
  } while (token !== undefined);
  return items;
}
