import { TouchdownError } from "../../errors.ts";
import { run } from "../../host/run.ts";
import type { BytecodePython } from "./bytecode-python.ts";
import { bytecodeScript } from "./bytecode-script.ts";

/** Files to compile, all from one wheel or none from a wheel. */
export interface CompileGroup {
  /** Where the bytecode goes, one file's after the other. */
  readonly out: string;
  readonly wheel?: string;
  readonly files: readonly (readonly [path: string, place: SourcePlace])[];
}

/** The bytes in base64, or where they are in the wheel. */
export type SourcePlace =
  | string
  | readonly [dataOffset: number, compressedSize: number, method: 0 | 8, crc32: number];

/**
 * Compile Python files, in one process for all of them.
 *
 * @param root  where the zip is unpacked: `/var/task`; it is in tracebacks
 * @returns     for each group, the size of each file's bytecode in bytes; -1 for what does not compile
 * @throws BYTECODE_FAILED, INTERRUPTED, WHEEL_DAMAGED
 */
export async function compilePython(
  python: BytecodePython,
  root: string,
  groups: readonly CompileGroup[],
  options: { readonly signal?: AbortSignal } = {},
): Promise<readonly (readonly number[])[]> {
  const library = process.env["LD_LIBRARY_PATH"];
  // a clean environment and -s -S: nothing of this machine or user; not -I or -E, which would take away the hash seed,
  // by which sets of constants are ordered
  const env = {
    PYTHONHASHSEED: "0",
    ...(library === undefined ? {} : { LD_LIBRARY_PATH: library }),
  };
  const command = [python.program, "-s", "-S", "-W", "ignore", "-c", bytecodeScript];
  const { exitCode, stdout, stderr } = await run(command, {
    cleanEnv: true,
    env,
    input: JSON.stringify({ root, groups: groups.map(asJson) }),
    keepLength: 64 * 1024 * 1024,
    ...(options.signal === undefined ? {} : { signal: options.signal }),
  });
  if (exitCode !== 0) {
    const last = stderr.trim().split("\n").at(-1) ?? "";
    const message = `${python.program} ended with exit code ${exitCode} while compiling: ${last}`;
    throw new TouchdownError("BYTECODE_FAILED", message, { hint: "leave bytecode out" });
  }
  const results = JSON.parse(stdout) as readonly ({ sizes: number[] } | { damaged: string })[];
  return results.map((result, index) => {
    if ("sizes" in result) return result.sizes;
    const wheel = groups[index]?.wheel ?? "";
    const message = `${JSON.stringify(result.damaged)} in ${wheel} has other bytes than it was stored with`;
    throw new TouchdownError("WHEEL_DAMAGED", message, {
      hint: `delete ${wheel}, and build again`,
    });
  });
}

/** As the script's function takes it: JSON has no `undefined`. */
function asJson({ out, wheel, files }: CompileGroup) {
  return { out, wheel: wheel ?? "", files };
}
