import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { askOracle } from "../support/oracle-python.ts";
import { ourAnswers, questions, type Answers } from "../support/dependency-specifiers.ts";

const script = join(import.meta.dirname, "dependency_specifiers.py");

describe("5,000 of each, as PyPA's packaging answers", async () => {
  const asked = questions(5_000, 20_260_802);
  const theirs = (await askOracle(script, { input: asked })) as Answers;
  const ours = ourAnswers(asked);

  for (const kind of ["versions", "orders", "specifiers", "markers", "requirements"] as const) {
    test(kind, () => {
      const differing = asked[kind].flatMap((question, index) => {
        const [us, them] = [ours[kind][index], theirs[kind][index]];
        return JSON.stringify(us) === JSON.stringify(them) ? [] : [{ question, us, them }];
      });
      expect(differing.slice(0, 10)).toEqual([]);
    });
  }
});

test("the committed table is true (vitest -u writes it)", async () => {
  const asked = questions(200, 20_260_803);
  const answers = await askOracle(script, { input: asked });
  const text = `${JSON.stringify({ asked, answers }, undefined, 1)}\n`;
  await expect(text).toMatchFileSnapshot("../fixtures/dependency-specifiers/packaging-26.3.json");
});
