/** What is in the zip of a function as AWS has it. */
import { TouchdownError } from "../../errors.ts";
import { readCentralDirectory } from "../../zip/read.ts";
import type { ZipEntry } from "../../zip/read.ts";
import { unlessMissing } from "../aws-error.ts";
import type { AwsContext } from "../context.ts";
import { sha256Hex } from "../../host/sha256.ts";

export interface DeployedCode {
  /** `python3.13`; undefined for a container image. */
  readonly runtime: string | undefined;
  /** What is in the zip; nothing for a container image. */
  readonly entries: readonly ZipEntry[];
  /** Of the zip, 64 hex digits; undefined for a container image. */
  readonly sha256: string | undefined;
}

/**
 * @returns undefined if there is no such function
 * @throws  DOWNLOAD if the zip can't be fetched from where AWS says it is
 */
export async function deployedCode(
  context: AwsContext,
  name: string,
): Promise<DeployedCode | undefined> {
  const lambda = await context.client("lambda");
  const found = await unlessMissing("ResourceNotFoundException", () =>
    lambda.getFunction({ FunctionName: name }),
  );
  if (found === undefined) return undefined;
  const { Code: code, Configuration: configuration } = found;
  if (configuration?.PackageType === "Image" || code?.Location === undefined) {
    return { runtime: configuration?.Runtime, entries: [], sha256: undefined };
  }
  const zip = await download(name, code.Location);
  const sha256 = sha256Hex(zip);
  return { runtime: configuration?.Runtime, entries: await readCentralDirectory(zip), sha256 };
}

/** The address holds a signature, so no message shows it. */
async function download(name: string, address: string): Promise<Uint8Array> {
  const fail = (why: string, cause?: unknown): TouchdownError =>
    new TouchdownError("DOWNLOAD", `the zip of function ${name} could not be fetched: ${why}`, {
      cause,
    });
  const response = await fetch(address).catch((error: unknown) => {
    throw fail(error instanceof Error ? error.message : String(error), error);
  });
  if (!response.ok) throw fail(`the answer was ${response.status}`);
  return new Uint8Array(await response.arrayBuffer());
}
