/** What making and changing a function calls, and a run that is killed before or after any of these calls. */
import { describe, expect, test } from "vitest";
import { python } from "../../src/aws/lambda/inline-code.ts";
import { start } from "./function-world.ts";
import type { Args } from "./function-world.ts";
import { Refusal } from "./fake/fake-service.ts";

const second = { code: python`f = 2` };
const killed = new Refusal("ServiceException", "the process was killed here");

interface Case {
  readonly what: string;
  /** What is there before; absent: nothing. */
  readonly from?: Partial<Args>;
  readonly to: Partial<Args>;
  /** Those that change something, in order. */
  readonly calls: readonly string[];
  /** Whether versions are listed: only where the function does not tell which is the newest. */
  readonly lists?: true;
  readonly versions: readonly string[];
}

const cases: readonly Case[] = [
  {
    what: "creating",
    to: {},
    calls: ["CreateFunction", "TagResource"],
    versions: ["1"],
  },
  {
    what: "creating without versions",
    to: { publish: false },
    calls: ["CreateFunction", "TagResource"],
    versions: [],
  },
  {
    what: "a change of code",
    from: {},
    to: second,
    calls: ["UpdateFunctionCode", "TagResource"],
    versions: ["1", "2"],
  },
  {
    what: "a change of configuration",
    from: {},
    to: { timeout: 9 },
    calls: ["UpdateFunctionConfiguration", "PublishVersion", "TagResource"],
    versions: ["1", "2"],
  },
  {
    what: "a change of both",
    from: {},
    to: { ...second, timeout: 9 },
    calls: ["UpdateFunctionCode", "UpdateFunctionConfiguration", "PublishVersion", "TagResource"],
    versions: ["1", "2"],
  },
  {
    what: "a change of code, with older versions removed",
    from: { keepVersions: 1 },
    to: { ...second, keepVersions: 1 },
    calls: ["UpdateFunctionCode", "TagResource", "DeleteFunction", "TagResource"],
    lists: true,
    versions: ["2"],
  },
];

const writes = /^(?:Create|Update|Publish|Delete|Tag|Untag)/u;

describe.each(cases)("$what", ({ from, to, calls, lists = false, versions }) => {
  async function world() {
    const started = start();
    if (from !== undefined) await started.world.apply(started.declare(from));
    return started;
  }

  test("calls no more than it must", async () => {
    const { world: around, declare } = await world();
    const made = await around.apply(declare(to));
    expect(made.calls.filter((call) => writes.test(call))).toEqual(calls);
    expect(made.calls.some((call) => call.startsWith("List"))).toBe(lists);
    expect((await around.plan(declare(to))).calls).toEqual(["GetFunction"]);
  });

  for (const call of new Set(calls)) {
    const method = `lambda.${call.charAt(0).toLowerCase()}${call.slice(1)}`;

    test.each(["before", "after"])(`killed %s ${call}, the next run finishes it`, async (when) => {
      const { world: around, declare, versions: there } = await world();
      if (when === "before") around.faults.once(method, killed);
      else around.faults.lose(method, killed);
      await expect(around.apply(declare(to))).rejects.toThrow("killed");
      await around.apply(declare(to));
      expect(there()).toEqual(versions);
      expect((await around.plan(declare(to))).verdict).toBe("unchanged");
    });
  }
});
