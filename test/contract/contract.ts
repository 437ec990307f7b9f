/** What every AWS resource must do, against the fake and against the embedded AWS. */
import { afterAll, describe, expect, test } from "vitest";
import type { z } from "zod/mini";
import type { AddArgs } from "../../src/core/declare.ts";
import { embeddedEndpoint } from "./embedded.ts";
import { countDeviation, takeDeviations } from "./emulator-differs.ts";
import type { Deviation } from "./emulator-differs.ts";
import { Refusal } from "./fake/fake-service.ts";
import type { Fakes } from "./fake/fake-service.ts";
import { World } from "./world.ts";
import type { Definition } from "./world.ts";
import type { VirtualClock } from "../support/virtual-clock.ts";

/** Declared text, or what a world makes of it, such as one with the world's own name in it. */
type In<T> = T | ((world: World) => T);

export interface AspectCase<Args> {
  /** Declared on top of the least. May call `world.add` for what it refers to. */
  readonly args: In<Partial<Args>>;
  /** The least it starts from, where that must be more. */
  readonly from?: In<Partial<Args>>;
  /** The plan's lines for an existing resource: `delaySeconds: 0 → 5`. */
  readonly plan: In<readonly (string | RegExp)[]>;
  /** The plan's lines when the arguments are left out again. Default: the same fields; `[]`: left as they are. */
  readonly back?: In<readonly (string | RegExp)[]>;
  /** Not declared together with the others in "everything at once". */
  readonly alone?: boolean;
  /** The embedded AWS can't do this at all. */
  readonly differs?: Deviation;
  /** The embedded AWS can't put it back. */
  readonly backDiffers?: Deviation;
}

export interface Contract<Args> {
  /** In the tests' titles; default: the definition's noun. */
  readonly title?: string;
  /** The fakes it needs, fresh for every test. */
  readonly fakes: (clock: VirtualClock) => Fakes;
  /** The least that can be declared. May call `world.add` for what it refers to. */
  readonly least: (world: World) => Args;
  /** What refs to the least must give; every property by name. */
  readonly properties: (world: World) => Readonly<Record<string, unknown>>;
  readonly aspects: Readonly<Record<string, AspectCase<Args>>>;
  /** Arguments that can't be changed on one that exists. */
  readonly immutable?: Readonly<Record<string, In<Partial<Args>>>>;
  /** Deviations that concern a whole check. */
  readonly differs?: { readonly [C in Check]?: Deviation };
}

type Check = "create" | "properties" | "everything" | "delete" | "delete again" | "immutable";

/** Run all checks of one resource, in both places. */
export function contract<
  S extends z.ZodMiniObject,
  K extends keyof z.input<S> & string,
  H,
  P extends object,
>(definition: Definition<S, K, H, P>, spec: NoInfer<Contract<AddArgs<S>>>): void {
  type Args = AddArgs<S>;
  const title = spec.title ?? definition.noun;
  const declaring = (world: World, ...more: readonly In<Partial<Args>>[]) => {
    return () => world.add(definition, argsIn(world, [spec.least, ...more]) as Args);
  };
  const checks: Record<string, { check: (world: World) => Promise<void>; differs?: Deviation }> = {
    [`a missing ${title} is created, and then there is nothing to do`]: {
      check: (world) => createAndSettle(world, declaring(world)),
      ...differing(spec.differs?.create),
    },
    [`refs to a ${title} give AWS's own values`]: {
      check: async (world) => {
        await world.apply(declaring(world));
        const seen = await world.properties(declaring(world));
        expect(Object.keys(seen).toSorted()).toEqual(Object.keys(definition.properties).toSorted());
        expect(seen).toEqual(spec.properties(world));
      },
      ...differing(spec.differs?.properties),
    },
    [`a ${title} with everything declared is created, and then there is nothing to do`]: {
      check: (world) => createAndSettle(world, declaring(world, ...together(spec.aspects))),
      ...differing(spec.differs?.everything),
    },
    [`a ${title} is deleted, and then there is nothing to delete`]: {
      check: (world) => destroyTwice(world, declaring(world)),
      ...differing(spec.differs?.delete),
    },
    [`a ${title} deleted by someone else meanwhile is no failure`]: {
      check: async (world) => {
        await world.apply(declaring(world));
        const other = world.elsewhere();
        const gone = await world.destroy(declaring(world), async () => {
          await other.destroy(declaring(other));
        });
        expect(gone.verdict).toBe("delete");
      },
      ...differing(spec.differs?.["delete again"]),
    },
  };
  for (const [name, one] of Object.entries(spec.aspects)) {
    const differs = one.differs ?? one.backDiffers;
    checks[`${name} of a ${title} is changed, and put back when it is left out`] = {
      check: (world) => changeAndPutBack(world, one, (...more) => declaring(world, ...more)),
      ...differing(differs),
    };
  }
  for (const [name, args] of Object.entries(spec.immutable ?? {})) {
    checks[
      `${name} of a ${title} that exists can't be changed, and that is said before any change`
    ] = {
      check: async (world) => {
        await world.apply(declaring(world));
        await expect(world.apply(declaring(world, args))).rejects.toMatchObject({
          code: "IMMUTABLE",
        });
        expect((await world.plan(declaring(world))).verdict).toBe("unchanged");
      },
      ...differing(spec.differs?.immutable),
    };
  }

  describe(`${title}, on the fake`, () => {
    for (const [name, { check }] of Object.entries(checks)) {
      test(name, () => check(World.fake(spec.fakes)));
    }
    test(`a ${title} that may not be read is not taken for missing`, async () => {
      const world = World.fake(spec.fakes);
      world.faults.always(new Refusal("AccessDenied", "not for you"));
      await expect(world.apply(declaring(world))).rejects.toMatchObject({ code: "ACCESS_DENIED" });
    });
  });

  describe(`${title}, on the embedded AWS`, () => {
    for (const [name, { check, differs }] of Object.entries(checks)) {
      test(name, async () => {
        const endpoint = await embeddedEndpoint();

        await unlessDiffers(differs, () => check(World.embedded(endpoint)));
      });
    }
    afterAll(() => {
      for (const line of takeDeviations()) process.stdout.write(`${line}\n`);
    });
  });
}

function differing(differs: Deviation | undefined): { differs?: Deviation } {
  return differs === undefined ? {} : { differs };
}

/** A deviation that is no longer there must be taken out of the suite. */
async function unlessDiffers(
  deviation: Deviation | undefined,
  check: () => Promise<void>,
): Promise<void> {
  if (deviation === undefined) return check();
  countDeviation(deviation);
  const failed = await check().then(
    () => false,
    () => true,
  );
  if (!failed) throw new Error(`the embedded AWS no longer differs: ${deviation.what}`);
}

function argsIn(world: World, parts: readonly unknown[]): object {
  return Object.assign({}, ...parts.map((part) => inWorld(world, part))) as object;
}

function inWorld<T>(world: World, value: In<T>): T {
  return typeof value === "function" ? (value as (world: World) => T)(world) : value;
}

function together<Args>(
  aspects: Readonly<Record<string, AspectCase<Args>>>,
): readonly In<Partial<Args>>[] {
  return Object.values(aspects)
    .filter((one) => one.alone !== true)
    .flatMap((one) => [...(one.from === undefined ? [] : [one.from]), one.args]);
}

type Declare = Parameters<World["apply"]>[0];

/** Calls that change nothing. */
const reading = /^(?:Get|List|Describe|Head)/u;

async function createAndSettle(world: World, declare: Declare): Promise<void> {
  expect((await world.plan(declare)).verdict).toBe("create");
  expect((await world.apply(declare)).verdict).toBe("create");
  await nothingToDo(world, declare);
  await world.destroy(declare);
}

async function nothingToDo(world: World, declare: Declare): Promise<void> {
  const again = await world.apply(declare);
  expect({ verdict: again.verdict, changes: again.changes }).toEqual({
    verdict: "unchanged",
    changes: [],
  });
  expect(again.calls.filter((call) => !reading.test(call))).toEqual([]);
}

async function destroyTwice(world: World, declare: Declare): Promise<void> {
  expect((await world.destroy(declare)).verdict).toBe("unchanged");
  await world.apply(declare);
  expect((await world.destroy(declare)).verdict).toBe("delete");
  const again = await world.destroy(declare);
  expect(again.calls.filter((call) => !reading.test(call))).toEqual([]);
  expect((await world.plan(declare)).verdict).toBe("create");
}

async function changeAndPutBack<Args>(
  world: World,
  one: AspectCase<Args>,
  declaring: (...more: readonly In<Partial<Args>>[]) => Declare,
): Promise<void> {
  const before = declaring(one.from ?? {});
  const after = declaring(one.from ?? {}, one.args);
  await world.apply(before);
  await nothingToDo(world, before);
  const expected = inWorld(world, one.plan);
  expect((await world.plan(after)).changes).toEqual(expected.map(matching));
  expect((await world.apply(after)).verdict).toBe("update");
  await nothingToDo(world, after);
  const back = await world.apply(before);
  const left = inWorld(world, one.back ?? expected.map(sameField));
  expect(back.changes).toEqual(left.map(matching));
  await nothingToDo(world, before);
  await world.destroy(after);
}

function matching(line: string | RegExp): unknown {
  return typeof line === "string" ? line : expect.stringMatching(line);
}

/** A line about the same field: `delaySeconds: …`, `upload code: …`. */
function sameField(line: string | RegExp): string | RegExp {
  if (line instanceof RegExp) throw new Error(`say what is planned when ${line} is left out again`);
  const [field = line] = line.split(":");
  return new RegExp(`^${escaped(field)}`, "u");
}

function escaped(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/]/gu, String.raw`\$&`);
}
