/** What must hold at each moment, whatever goes wrong: nothing is deleted that is not to go, or that others need. */
import type { Cloud } from "./cloud.ts";
import type { Call } from "./refusals.ts";

export interface Watch {
  readonly cloud: Cloud;
  /** By kind and name, what may be deleted; undefined: anything. */
  readonly mayGo: ReadonlySet<string> | undefined;
  /** By kind and name, what must be there before another goes. */
  readonly moves: ReadonlyMap<string, string> | undefined;
}

/** What is wrong with a call that is about to be done. */
export function problemsOfDeleting(watch: Watch, call: Call, input: unknown): readonly string[] {
  const deleted = deletedBy(call, input as Input);
  return deleted.flatMap((name) => problemOf(watch, name) ?? []);
}

function problemOf({ cloud, mayGo, moves }: Watch, name: string): string | undefined {
  const there = cloud.contents();
  if (!there.has(name)) return undefined;
  if (mayGo?.has(name) === false) return `${name} is deleted, and was not to go`;
  const users = cloud.needs().flatMap(([user, needed]) => (needed === name ? [user] : []));
  if (users.length > 0) return `${name} is deleted, and ${users.join(" and ")} need it`;
  const successor = moves?.get(name);
  return successor === undefined || there.has(successor)
    ? undefined
    : `${name} is deleted before ${successor} is there`;
}

interface Input {
  readonly FunctionName?: string;
  readonly Qualifier?: string;
  readonly RoleName?: string;
  readonly QueueUrl?: string;
  readonly logGroupName?: string;
  readonly Bucket?: string;
  readonly Key?: string;
  readonly Delete?: { readonly Objects?: readonly { readonly Key?: string }[] };
}

function deletedBy({ operation }: Call, input: Input): readonly string[] {
  switch (operation) {
    case "deleteFunction":
      return input.Qualifier === undefined ? [`function ${input.FunctionName}`] : [];
    case "deleteRole":
      return [`role ${input.RoleName}`];
    case "deleteQueue":
      return [`queue ${input.QueueUrl?.split("/").at(-1)}`];
    case "deleteLogGroup":
      return [`log group ${input.logGroupName}`];
    case "deleteBucket":
      return [`bucket ${input.Bucket}`];
    case "deleteObject":
      return [`file ${input.Bucket}/${input.Key}`];
    case "deleteObjects":
      return (input.Delete?.Objects ?? []).map(({ Key }) => `file ${input.Bucket}/${Key}`);
    default:
      return [];
  }
}

/** Whether a call changes what is there. */
export function isChange({ operation }: Call): boolean {
  return !/^(?:get|head|list|describe)/u.test(operation);
}
