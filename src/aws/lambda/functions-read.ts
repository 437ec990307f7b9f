/** Many functions at once: fifty a call from ListFunctions, the tags of a hundred from GetResources. */
import type { FunctionConfiguration } from "@aws-sdk/client-lambda";
import type { ReadAll } from "../../core/define.ts";
import type { Owned } from "../../core/owned.ts";
import { unlessSuspended } from "../../core/want.ts";
import type { AwsContext } from "../context.ts";
import { findInList, ifAllowed } from "../listed.ts";
import type { Listed } from "../listed.ts";
import { ownedTags, taggedResources, withOthers } from "../tagged.ts";
import { singlyTag } from "../tags.ts";
import type { Tags } from "../tags.ts";
import { codeSha256Of, declaredHead } from "./function-read.ts";
import type { FunctionState } from "./function-read.ts";
import type { FunctionWant } from "./function-schema.ts";
import { settledState, settledTag } from "./published.ts";

/**
 * A list shows neither tags nor whether an update is in progress or failed; the settled tag, written when an update has
 * gone through, answers for that. Reserved concurrency is in no list: a function is read by itself where it is declared,
 * or was set by touchdown. Somebody else's is found by `--refresh=full`.
 */
export const readFunctions: ReadAll<FunctionWant, FunctionState, AwsContext> = {
  // one for the list, one for the tags
  from: 3,
  fromOwned: 2,
  read: async (context, wants, owned) => {
    const names = new Set(wants.map(({ name }) => name));
    const read = await ifAllowed(context, { what: "functions", count: names.size }, () => {
      const listed = listFunctions(context, names);
      return Promise.all([listed, tagsOf(context, { names, listed, owned })]);
    });
    if (read === undefined) return () => undefined;
    const [listed, tags] = read;
    return async (want) => {
      const configuration = listed.items.get(want.name);
      if (configuration === undefined) return listed.complete ? { have: undefined } : undefined;
      return stateOf(context, want, {
        configuration,
        tags: tags.get(configuration.FunctionArn ?? ""),
      });
    };
  },
};

async function listFunctions(context: AwsContext, names: ReadonlySet<string>) {
  const lambda = await context.client("lambda");
  return findInList(
    names,
    ({ FunctionName }: FunctionConfiguration) => FunctionName,
    async (Marker?: string) => {
      const page = await lambda.listFunctions(Marker === undefined ? {} : { Marker });
      return { items: page.Functions, next: page.NextMarker || undefined };
    },
  );
}

interface Declared {
  readonly names: ReadonlySet<string>;
  readonly listed: Promise<Listed<FunctionConfiguration>>;
  readonly owned: Owned | undefined;
}

async function tagsOf(
  context: AwsContext,
  { names, listed, owned }: Declared,
): Promise<ReadonlyMap<string, Tags>> {
  if (owned === undefined) return settledTags(context, names.size);
  const [mine, { items }] = await Promise.all([ownedTags(context, owned), listed]);
  const others = [...items.values()].filter(({ FunctionArn = "" }) => !mine.has(FunctionArn));
  return withOthers(mine, others.length, () => settledTags(context, others.length));
}

/** Of other functions that touchdown deployed too: no more of them than reading each would cost. */
function settledTags(context: AwsContext, atMostPages: number): Promise<ReadonlyMap<string, Tags>> {
  return taggedResources(context, { types: ["lambda:function"], key: settledTag, atMostPages });
}

interface Found {
  readonly configuration: FunctionConfiguration;
  readonly tags: Tags | undefined;
}

async function stateOf(
  context: AwsContext,
  want: FunctionWant,
  { configuration, tags }: Found,
): Promise<{ readonly have: FunctionState } | undefined> {
  const published = settledState(configuration, tags);
  if (tags === undefined || published === undefined || tags[singlyTag] !== undefined)
    return undefined;
  // a function that is only referred to has no such argument
  const concurrency = unlessSuspended(() => want.reservedConcurrency);
  if (!concurrency.known || concurrency.value !== undefined) return undefined;
  const have: FunctionState = {
    configuration,
    arn: configuration.FunctionArn ?? "",
    codeSha256: codeSha256Of(configuration),
    tags,
    reservedConcurrency: undefined,
    published,
    s3: await declaredHead(context, want),
  };
  return { have };
}
