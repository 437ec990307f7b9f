/** The system's name of an error, for example `ENOENT`; `undefined` where it has none. */
export function errorName(error: unknown): string | undefined {
  if (!(error instanceof Error) || !("code" in error)) return undefined;
  return typeof error.code === "string" ? error.code : undefined;
}

/** What the system said, without Node's trimmings: `ENOSPC: no space left on device, write` → `no space left on device`. */
export function systemReason(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const name = errorName(error);
  if (name === undefined) return error.message;
  // spawn's errors have no words of their own: "spawn ./tool EACCES"
  const plain = plainReasons[name];
  if (plain !== undefined) return plain;
  const said = error.message.startsWith(`${name}: `)
    ? error.message.slice(name.length + 2)
    : error.message;
  return said.split(", ")[0] ?? said;
}

const plainReasons: Readonly<Record<string, string>> = {
  E2BIG: "its arguments and environment are longer than the system allows",
  EACCES: "permission denied",
  EAGAIN: "the system allows no more processes",
  EPERM: "operation not permitted",
  ENOENT: "no such file or folder",
};
