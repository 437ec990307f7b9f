import { expect, test } from "vitest";
import { actions } from "./actions.ts";
import { verbs } from "./verbs.ts";

test("every verb has an action, and nothing else has", () => {
  expect(Object.keys(actions)).toEqual(Object.keys(verbs));
});
