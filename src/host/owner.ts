import { hostname, userInfo } from "node:os";

/** Who runs this, for people: `ann@laptop`. */
export function owner(): string {
  return `${userName()}@${hostname()}`;
}

function userName(): string {
  try {
    return userInfo().username;
  } catch {
    // A container may run as a number that has no name.
    return String(process.getuid?.() ?? "unknown");
  }
}
