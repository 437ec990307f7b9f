/** A lock as an item of a table: each write names what it replaces, so that of two only one is done. */
import { randomUUID } from "node:crypto";
import { TouchdownError } from "../../errors.ts";
import { unlessMissing } from "../aws-error.ts";
import type { AwsContext } from "../context.ts";
import { lockText, parseLock } from "./lock-record.ts";
import type { LockPlace } from "./hold-lock.ts";

/** The table's partition key, a string; as Terraform's tables for locks have it. */
const keyName = "LockID";

export function dynamoDbLock(
  context: AwsContext,
  { table: TableName, key }: { readonly table: string; readonly key: string },
): LockPlace {
  const label = `dynamodb://${TableName}/${key}`;
  const Key = { [keyName]: { S: key } };
  const inTable = async <T>(call: () => Promise<T>): Promise<T> => {
    const answer = await unlessMissing("ResourceNotFoundException", async () => ({
      value: await call(),
    }));
    if (answer !== undefined) return answer.value;
    throw new TouchdownError(
      "MISSING",
      `table ${TableName}, which holds the lock, does not exist`,
      {
        hint: `create it with the partition key ${keyName}, a string, or correct addAws's lock`,
      },
    );
  };
  return {
    label,
    read: () =>
      inTable(async () => {
        const dynamodb = await context.client("dynamodb");
        const { Item } = await dynamodb.getItem({ TableName, Key, ConsistentRead: true });
        if (Item === undefined) return undefined;
        const record = parseLock(Item["Lock"]?.S ?? "");
        if (record !== undefined) return { record, tag: Item["Tag"]?.S ?? "" };
        throw new TouchdownError("FILE_IN_WAY", `${label} is not a lock of touchdown`, {
          hint: "name another key in addAws's lock, or delete that item",
        });
      }),
    write: (record, before) =>
      inTable(async () => {
        const dynamodb = await context.client("dynamodb");
        const tag = randomUUID();
        const Item = { ...Key, Lock: { S: lockText(record) }, Tag: { S: tag } };
        const condition =
          before === undefined
            ? { ConditionExpression: `attribute_not_exists(${keyName})` }
            : {
                ConditionExpression: "Tag = :before",
                ExpressionAttributeValues: { ":before": { S: before } },
              };
        const written = await unlessMissing("ConditionalCheckFailedException", () =>
          dynamodb.putItem({ TableName, Item, ...condition }),
        );
        return written === undefined ? undefined : tag;
      }),
  };
}
