import { TouchdownError } from "../../errors.ts";
import type { Script } from "./entry-points.ts";

/** Where an entry of a wheel goes. */
export interface Place {
  readonly path: string;
  /** A script gets its first line rewritten, and is executable whatever the wheel says. */
  readonly script: boolean;
}

/**
 * Where an entry of a wheel goes in a Lambda zip, whose root is what `pip install --target` makes:
 *
 * | in the wheel | in the zip |
 * | --- | --- |
 * | `NAME-VERSION.data/purelib/x`, `…/platlib/x` | `x` |
 * | `NAME-VERSION.data/scripts/x` | `bin/x` |
 * | `NAME-VERSION.data/data/x` | `x`; pip leaves out what is below `lib`, where its own packages are just then |
 * | `NAME-VERSION.data/headers/x` | not at all: nothing is compiled on Lambda |
 * | a script that entry_points.txt names too | not at all: the generated one counts, as with pip |
 * | all else | where it is |
 *
 * @returns  `undefined` for what is left out
 * @throws WHEEL_FORMAT
 * @source Binary distribution format, "The .data directory" (packaging.python.org; PEP 427)
 */
export function placeOf(path: string, scripts: readonly Script[]): Place | undefined {
  const end = path.indexOf("/");
  if (end === -1 || !path.endsWith(".data", end)) return { path, script: false };
  const [, scheme = "", rest] = /^([^/]*)\/(.+)$/su.exec(path.slice(end + 1)) ?? [];
  if (rest === undefined || !schemes.has(scheme)) {
    const known = [...schemes].join(", ");
    throw new TouchdownError(
      "WHEEL_FORMAT",
      `${JSON.stringify(path)} is in none of the folders that .data may have: ${known}`,
    );
  }
  if (scheme === "headers") return undefined;
  if (scheme !== "scripts") return { path: rest, script: false };
  const command = (rest.split("/").at(-1) ?? "").replace(/(?:\.exe|-script\.py|\.pya)$/iu, "");
  if (scripts.some(({ name }) => name === command)) return undefined;
  return { path: `bin/${rest}`, script: true };
}

const schemes: ReadonlySet<string> = new Set(["purelib", "platlib", "headers", "scripts", "data"]);

/**
 * A script as it is to run where it was not built: `#!python` stands for the Python it is installed for.
 *
 * @returns  `undefined` where nothing has to be changed
 */
export function withShebang(bytes: Uint8Array): Uint8Array | undefined {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (text.toString("latin1", 0, placeholder.length) !== placeholder) return undefined;
  const end = text.indexOf("\n");
  const rest = end === -1 ? Buffer.alloc(0) : text.subarray(end + 1);
  return Buffer.concat([Buffer.from("#!/usr/bin/env python3\n"), rest]);
}

/** `#!pythonw` too. */
const placeholder = "#!python";

/** What installers note about an installation: of this machine, so never in a zip. @source PEP 376, 610 */
export function isInstallerNote(path: string, distInfo: string): boolean {
  const notes = ["INSTALLER", "REQUESTED", "direct_url.json"];
  return notes.some((note) => path === `${distInfo}/${note}`);
}
