import { expect, test } from "vitest";
import { problemsOf } from "../../core/parse-args.ts";
import { logGroup } from "./log-group.ts";

test.for([
  [{ kmsKey: "alias/mine" }, 'Invalid string: must start with "arn:", got "alias/mine"'],
  [{ name: "a b" }, 'may hold letters, digits and _ - / . #, got "a b"'],
  [{ name: "aws/x" }, "may not begin with aws/, which is AWS's own"],
] as const)("%j is refused", ([args, reason]) => {
  const { error } = logGroup.schema.safeParse({ name: "mine", ...args }, { reportInput: true });
  const found = problemsOf(error ?? { issues: [] }, { names: [], secret: [] });
  expect(found.map(({ message }) => message)).toEqual([reason]);
});
