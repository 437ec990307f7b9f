/** A function's code: compared by sha256, sent only where it differs. */
import type { FunctionConfiguration } from "@aws-sdk/client-lambda";
import { canonical } from "../../core/canonical.ts";
import type { Aspect } from "../../core/define.ts";
import { TouchdownError } from "../../errors.ts";
import type { AwsContext } from "../context.ts";
import { changeFunction } from "./change.ts";
import { codeSha256Of } from "./function-read.ts";
import type { FunctionState } from "./function-read.ts";
import type { FunctionWant } from "./function-schema.ts";
import { addTags } from "./function-tags.ts";
import { isConfigured } from "./configuration.ts";
import { noteOf } from "./publish.ts";
import { hasCodeOf, headOf, tagsOf } from "./s3-file.ts";
import type { S3File, S3Head } from "./s3-file.ts";
import { untilReady } from "./settled.ts";
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
      equal: (_want, have) => {
        const { configuration, ...state } = have as FunctionState;
        return hasCodeOf({ ...state, lastModified: configuration.LastModified });
      },
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
    if (want.s3File !== undefined) await mustBeThere(context, name, want.s3File);
    const what = `code of function ${name}`;
    const sha256 = want.code?.sha256 ?? have.s3?.sha256;
    const isMade = (now: FunctionConfiguration): boolean =>
      codeSha256Of(now) === sha256 &&
      canonical(now.Architectures ?? ["x86_64"]) === canonical(architectures);
    const publishes = isAllThere({ want, have });
    const answer = await changeFunction(
      context,
      { name, what, read: have.configuration, races: ["functionBusy"], isMade },
      (lambda, revision) =>
        withCode(context, want, (code) =>
          lambda.updateFunctionCode({
            FunctionName: name,
            ...code,
            ...revision,
            Architectures: [...architectures],
            Publish: publishes,
          }),
        ),
    );
    const made = await untilReady(context, name);
    const note = publishes ? await noteOf(context, want, { answer, made }) : {};
    await addTags(context, have.arn, { ...tagsOf(have.s3, codeSha256Of(made)), ...note });
  },
};

/** Whether new code is all that is missing of a new version, which can then be published with it. */
function isAllThere({ want, have }: { want: FunctionWant; have: FunctionState }): boolean {
  // of other code than the newest version's, which can be told of what is sent only
  return (
    want.publish &&
    want.code !== undefined &&
    have.published.current &&
    isConfigured(want, have.configuration)
  );
}

/** @throws MISSING */
export async function mustBeThere(
  context: AwsContext,
  name: string,
  file: S3File,
): Promise<S3Head> {
  const head = await headOf(context, file);
  if (head !== undefined) return head;
  throw new TouchdownError("MISSING", `function ${name}: ${urlOf(file)} does not exist`, {
    hint: "upload it, or declare it with addFile so that it is there first",
  });
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
