/** Tells it apart from others declared in the same run, where its key is plain text. */
export function idText(
  { type, key }: { readonly type: string; readonly key: readonly string[] },
  args: Readonly<Record<string, unknown>>,
): string | undefined {
  const parts = key.map((part) => args[part]);
  return parts.every((part) => typeof part === "string") ? [type, ...parts].join(" ") : undefined;
}
