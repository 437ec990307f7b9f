import { expect, test } from "vitest";
import * as z from "zod/mini";
import type { Scope } from "./declared.ts";
import { defineResource } from "./define.ts";
import type { Event } from "./events.ts";
import { orRef } from "./input.ts";
import { ownedLists } from "./owned-lists.ts";
import { lookForRetired } from "./retire.ts";
import { systemClock } from "./runtime.ts";
import { strictObject } from "./strict-object.ts";

const kindOf = (type: string) =>
  defineResource({
    type,
    noun: type,
    schema: strictObject({ name: z.string(), of: z.optional(orRef(z.string())) }),
    key: ["name"],
    read: () => Promise.resolve({}),
    aspects: {},
    ownership: {
      mark: (args) => args,
      unmark: (args) => args,
      unprotect: (want) => want,
      markOf: () => ({ owner: "media", protect: false }),
      partOf: () => undefined,
    },
    properties: {},
  });
const early = kindOf("early");
const late = kindOf("late");

test.each(["show", "delete"] as const)(
  "in whatever order AWS names what is no longer declared, %s says it in one",
  async (undeclared) => {
    const hints = [late, early].flatMap((kind) =>
      ["b", "a", "c"].map((name) => ({ kind, args: { name } })),
    );
    const orders = [hints, hints.toReversed()].map(async (found) => {
      const scope: Scope = {
        label: "",
        open: () => Promise.resolve(undefined),
        owned: {
          turnOf: (type) => (type === "early" ? 1 : 2),
          placeOf: () => Promise.resolve(""),
          find: () => Promise.resolve(found),
        },
      };
      const said: string[] = [];
      const runtime = {
        emit: (event: Event) => void said.push("name" in event ? String(event.name) : event.type),
        signal: new AbortController().signal,
        clock: systemClock,
        folder: "/",
      };
      const retire = { owner: "media", scopes: [scope], undeclared };
      const open = () => Promise.resolve(undefined);
      const lists = ownedLists(retire, open, { thorough: false });
      await lookForRetired([], () => undefined, { runtime, options: { retire }, open, lists });
      return said;
    });
    const inOrder = ["early a", "early b", "early c", "late a", "late b", "late c"];
    expect(await Promise.all(orders)).toEqual([inOrder, inOrder]);
  },
);
