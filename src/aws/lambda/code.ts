/** A function's code: compared by sha256, sent only where it differs. */
import type { Aspect } from "../../core/define.ts";
import { TouchdownError } from "../../errors.ts";
import type { AwsContext } from "../context.ts";
import { despite } from "../wait.ts";
import type { FunctionState } from "./function-read.ts";
import type { FunctionWant } from "./function-schema.ts";
import { addTags } from "./function-tags.ts";
import { unpublish } from "./publish.ts";
import { headOf, s3Tag, tagsOf } from "./s3-file.ts";
import type { S3File, S3Head } from "./s3-file.ts";
import { guarded, revisionOf, untilReady } from "./settled.ts";
import { megabytes, withCode } from "./upload.ts";

type CodeAspect = Aspect<FunctionWant, FunctionState, AwsContext>;

interface CodeHash {
  readonly sha256: string;
  /** Bytes; only of the code that is to be sent. */
  readonly size?: number;
}

export const codeAspect: CodeAspect = {
  fields: {
    code: {
      want: ({ code }): CodeHash | undefined =>
        code === undefined ? undefined : { sha256: code.sha256, size: code.size },
      have: ({ codeSha256: sha256 }): CodeHash => ({ sha256 }),
      equal: (want, have) => (want as CodeHash).sha256 === (have as CodeHash).sha256,
      action: "upload code",
      show: (value) => shownHash(value as CodeHash),
    },
    s3File: {
      want: ({ s3File }) => s3File,
      have: (have) => have,
      equal: (_want, have) => hasCodeOf(have as FunctionState),
      action: "take code from S3",
      show: (value) => shownS3(value as S3File | FunctionState),
    },
    architectures: {
      want: ({ architectures }) => architectures,
      have: ({ configuration }) => configuration.Architectures ?? ["x86_64"],
    },
    packageType: {
      want: () => "Zip",
      have: ({ configuration }) => configuration.PackageType ?? "Zip",
      immutable: true,
    },
  },
  affects: ["CodeSha256", "CodeSize", "LastModified", "RevisionId"],
  apply: async (context, { want, have }) => {
    const { name, architectures } = want;
    const revision = await revisionOf(context, name, have.configuration);
    const lambda = await context.client("lambda");
    if (want.s3File !== undefined) await mustBeThere(context, name, want.s3File);
    const update = () =>
      withCode(context, want, (code) =>
        lambda.updateFunctionCode({
          FunctionName: name,
          ...code,
          ...revision,
          Architectures: [...architectures],
          Publish: false,
        }),
      );
    const what = `code of function ${name}`;
    await guarded(name, [], () => despite(context.runtime, ["functionBusy"], what, update));
    await untilReady(context, name);
    await addTags(context, have.arn, tagsOf(have.s3));
    if (!want.publish) await unpublish(context, have);
  },
};

/** The tags a new function gets with this code. */
export async function codeTags(
  context: AwsContext,
  { name, s3File }: FunctionWant,
): Promise<Readonly<Record<string, string>>> {
  return s3File === undefined ? {} : tagsOf(await mustBeThere(context, name, s3File));
}

/** @throws MISSING */
async function mustBeThere(context: AwsContext, name: string, file: S3File): Promise<S3Head> {
  const head = await headOf(context, file);
  if (head !== undefined) return head;
  throw new TouchdownError("MISSING", `function ${name}: ${urlOf(file)} does not exist`, {
    hint: "upload it, or declare it with addFile so that it is there first",
  });
}

/** Whether the function's code is that of the object, as far as S3 and the function's tag can tell. */
export function hasCodeOf(have: FunctionState): boolean {
  const { s3, codeSha256, tags, configuration } = have;
  if (s3 === undefined) return false;
  if (s3.sha256 !== undefined) return s3.sha256 === codeSha256;
  const remembered = tags[s3Tag];
  if (s3.identity !== undefined && remembered !== undefined) return s3.identity === remembered;
  return Date.parse(s3.lastModified ?? "") <= Date.parse(configuration.LastModified ?? "");
}

function shownHash({ sha256, size }: CodeHash): string {
  const short = `${sha256.slice(0, 4)}…`;
  return size === undefined ? `sha256 ${short}` : `${short}, ${megabytes(size)}`;
}

function shownS3(value: S3File | FunctionState): string {
  if ("bucket" in value) return urlOf(value);
  return value.s3 === undefined ? "not there" : shownHash({ sha256: value.codeSha256 });
}

function urlOf({ bucket, key, version }: S3File): string {
  return `s3://${bucket}/${key}${version === undefined ? "" : ` version ${version}`}`;
}
