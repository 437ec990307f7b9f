import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { describe, expect, test } from "vitest";
import {
  ourAnswers,
  type Answers,
  type Questions,
} from "../../../test/support/dependency-specifiers.ts";

/** Made and kept true by `npm run test:oracles`. */
const table = resolve("test/fixtures/dependency-specifiers/packaging-26.3.json");
const { asked, answers } = JSON.parse(await readFile(table, "utf8")) as {
  asked: Questions;
  answers: Answers;
};

describe("200 of each are read as PyPA's packaging 26.3 reads them", () => {
  const ours = ourAnswers(asked);
  for (const kind of ["versions", "orders", "specifiers", "markers", "requirements"] as const) {
    test(kind, () => {
      const pairs = (said: readonly unknown[]) =>
        asked[kind].map((question, index) => [question, said[index]]);
      expect(pairs(ours[kind])).toEqual(pairs(answers[kind]));
    });
  }
});
