import { TouchdownError } from "../../errors.ts";
import { normalizeName, parseWheelName } from "../wheel/wheel-name.ts";
import type { LockedFile, LockedSource } from "./locked.ts";

type FilesSource = Extract<LockedSource, { kind: "files" }>;

/**
 * The files of one distribution, wheels and sdist told apart by their names.
 *
 * @param options.name   the distribution's, normalised
 * @param options.place  for messages
 * @throws LOCK_FORMAT where there is none, or one is another distribution's
 */
export function filesSource(
  files: readonly LockedFile[],
  options: {
    readonly name: string;
    readonly place: string;
    readonly index?: string | undefined;
    readonly subdirectory?: string | undefined;
  },
): FilesSource {
  const wheels = files.filter((file) => file.name.endsWith(".whl"));
  for (const wheel of wheels) checkName(wheel, options);
  // eggs and installers of other times are in some locks
  const sdist =
    files.find((file) => file.name.endsWith(".tar.gz")) ??
    files.find((file) => /\.(?:tgz|zip|tar\.bz2|tar\.xz)$/.test(file.name));
  if (wheels.length === 0 && sdist === undefined) {
    throw new TouchdownError("LOCK_FORMAT", `${options.place} has no wheel and no sdist`, {
      hint: "lock again: there is nothing to install it from",
    });
  }
  return {
    kind: "files",
    wheels,
    ...(sdist === undefined ? {} : { sdist }),
    ...(options.subdirectory === undefined ? {} : { subdirectory: options.subdirectory }),
    ...(options.index === undefined ? {} : { indexes: [options.index] }),
  };
}

function checkName(
  wheel: LockedFile,
  options: { readonly name: string; readonly place: string },
): void {
  if (normalizeName(wheel.name.split("-")[0] ?? "") === options.name) return;
  if (parseWheelName(wheel.name).name === options.name) return;
  const message = `${options.place} has the file ${wheel.name}, which is not of ${options.name}`;
  throw new TouchdownError("LOCK_FORMAT", message);
}
