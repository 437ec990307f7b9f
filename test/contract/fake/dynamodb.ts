/**
 * Tables of DynamoDB as locks use them: one item by its partition key, and puts on a condition.
 *
 * @source DynamoDB API reference: GetItem, PutItem; developer guide, "Condition expressions"
 */
import type { AttributeValue, DynamoDB } from "@aws-sdk/client-dynamodb";
import { Refusal } from "./fake-service.ts";
import type { FakeOf } from "./fake-service.ts";

type Item = Readonly<Record<string, AttributeValue>>;
type Values = Readonly<Record<string, AttributeValue>>;

export function fakeDynamodb(): FakeOf<DynamoDB> {
  const tables = new Map<string, { readonly key: string; readonly items: Map<string, Item> }>();
  const tableOf = (name = "") => {
    const table = tables.get(name);
    if (table !== undefined) return table;
    throw new Refusal("ResourceNotFoundException", "Requested resource not found");
  };
  return {
    createTable: async ({ TableName = "", KeySchema = [] }) => {
      const key = KeySchema[0]?.AttributeName ?? "";
      tables.set(TableName, { key, items: new Map() });
      return {};
    },
    getItem: async ({ TableName, Key = {} }) => {
      const { key, items } = tableOf(TableName);
      const Item = items.get(Key[key]?.S ?? "");
      return Item === undefined ? {} : { Item: { ...Item } };
    },
    putItem: async ({
      TableName,
      Item = {},
      ConditionExpression: condition,
      ExpressionAttributeValues: values = {},
    }) => {
      const { key, items } = tableOf(TableName);
      const name = Item[key]?.S ?? "";
      if (condition !== undefined && !isMet(items.get(name), condition, values)) {
        const message = "The conditional request failed";
        throw new Refusal("ConditionalCheckFailedException", message);
      }
      items.set(name, { ...Item });
      return {};
    },
  };
}

/** `attribute_not_exists(LockID)` or `Tag = :before`; of another form the fake knows nothing. */
function isMet(item: Item | undefined, condition: string, values: Values): boolean {
  const absent = /^attribute_not_exists\((\w+)\)$/u.exec(condition)?.[1];
  if (absent !== undefined) return item?.[absent] === undefined;
  const [, attribute, value] = /^(\w+) = (:\w+)$/u.exec(condition) ?? [];
  if (attribute === undefined || value === undefined)
    throw new Error(`the fake knows no condition ${condition}`);
  return item?.[attribute] !== undefined && item[attribute].S === values[value]?.S;
}
