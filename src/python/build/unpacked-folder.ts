import { readdir } from "node:fs/promises";
import { dirname, join, relative, resolve, sep } from "node:path";
import { TouchdownError } from "../../errors.ts";
import { statIfExists } from "../../host/files.ts";
import { run } from "../../host/run.ts";

export type UnpackOptions = {
  /** The program that builds: it knows every kind of archive that sdists come in. */
  readonly python: string;
  /** Absolute; unpacked beside it. */
  readonly archive: string;
  readonly signal?: AbortSignal;
};

/**
 * The folder of an sdist that is to be built, where it is not the top one: uv builds only whole ones.
 *
 * @returns absolute
 * @throws INTERRUPTED, SDIST
 * @source PEP 440, “Direct references”; pip's documentation, “VCS Support”, for `subdirectory`
 */
export async function unpackedFolder(
  { name, subdirectory = "." }: { readonly name: string; readonly subdirectory?: string },
  { python, archive, signal }: UnpackOptions,
): Promise<string> {
  const folder = join(dirname(archive), "unpacked");
  const running = signal === undefined ? {} : { signal };
  const words = [python, "-I", "-c", script, archive, folder];
  const { exitCode, stderr } = await run(words, { cwd: dirname(archive), ...running });
  if (exitCode !== 0) {
    const why = stderr.trim().split("\n").at(-1) ?? "";
    throw new TouchdownError("SDIST", `${name} could not be unpacked: ${why}`);
  }
  const [top = "", ...others] = await readdir(folder);
  // all that it holds is in one folder, as everywhere that sdists are read
  const root = others.length === 0 ? join(folder, top) : folder;
  const place = resolve(root, subdirectory);
  const isInside = !relative(root, place).split(sep).includes("..");
  if (isInside && (await statIfExists(place))?.isDirectory() === true) return place;
  throw new TouchdownError("SDIST", `${name} has no folder ${subdirectory}, which is to be built`, {
    hint: "lock again: the lock names a subdirectory that is not there",
  });
}

/** By the filter of PEP 706, nothing gets out of the folder, where Python has it: since 3.9.17, 3.10.12, 3.11.4. */
const script = `
import os, sys, tarfile, zipfile
archive, folder = sys.argv[1:]
os.umask(0o022)
if zipfile.is_zipfile(archive):
    zipfile.ZipFile(archive).extractall(folder)
elif hasattr(tarfile, "data_filter"):
    tarfile.open(archive).extractall(folder, filter="data")
else:
    sys.exit("this Python can not unpack it safely")
`;
