import { expect, test } from "vitest";
import { Declarations } from "./declare.ts";
import type { Scope } from "./declared.ts";
import { defineResource } from "./define.ts";
import { buildGraph } from "./graph.ts";
import { orRef } from "./input.ts";
import type { Ownership } from "./mark.ts";
import type { Search } from "./owned.ts";
import { ownedLists } from "./owned-lists.ts";
import { strictObject } from "./strict-object.ts";
import { findUndeclared } from "./undeclared.ts";
import type { Want } from "./want.ts";
import * as z from "zod/mini";

const ownership: Ownership<unknown> = {
  mark: (args) => args,
  unmark: (args) => args,
  unprotect: (want) => want,
  markOf: () => undefined,
  partOf: () => undefined,
};

/** One kind that is the same in all places of an account, one that is not, and one with two parts to its key. */
const kinds = ["account.thing", "region.thing", "part.thing"].map((type) =>
  defineResource({
    type,
    noun: type,
    schema: strictObject({ of: z._default(orRef(z.string()), "-"), name: z.string() }),
    key: ["of", "name"],
    read: () => Promise.resolve(undefined),
    aspects: {},
    ownership,
    properties: { Name: () => "x" },
  }),
);
const [inAccount, inRegion, part] = kinds as [
  (typeof kinds)[number],
  (typeof kinds)[number],
  (typeof kinds)[number],
];

/** Finds a thing of each kind under each of these names, and says how often it was asked for what. */
function place(
  label: string,
  where: { readonly account: string; readonly region: string; readonly names: readonly string[] },
) {
  const asked: string[] = [];
  const scope: Scope = {
    label,
    open: () => Promise.resolve(label),
    owned: {
      turnOf: (type) => (kinds.some((kind) => kind.type === type) ? 1 : undefined),
      placeOf: (_context, type) => {
        asked.push("placeOf");
        const { account, region } = where;
        return Promise.resolve(type === "account.thing" ? account : `${account} ${region}`);
      },
      find: async (_context, { once, placeOf }: Search) => {
        await once(await placeOf("account.thing"), () => Promise.resolve(asked.push("account")));
        return kinds.flatMap((kind) =>
          where.names.map((name) => ({ kind, args: { of: "-", name } })),
        );
      },
    },
  };
  return { scope, asked };
}

async function found(
  declarations: Declarations,
  scopes: readonly Scope[],
  known: (args: Want) => boolean = () => true,
): Promise<readonly string[]> {
  const { nodes } = await buildGraph(declarations.resources);
  const retire = { owner: "media", scopes, undeclared: "show" } as const;
  const open: Parameters<typeof ownedLists>[1] = ({ resource }) =>
    resource.scope.open(undefined as never);
  const lists = ownedLists(retire, open, { thorough: false });
  if (lists === undefined) throw new Error("nothing is looked for");
  const wantOf = (node: { readonly args: Want }) => (known(node.args) ? node.args : undefined);
  const candidates = await findUndeclared(nodes, { retire, wantOf, lists, open });
  return candidates.map(({ node }) => node.name);
}

const home = { account: "1", region: "a" };

test("what is declared is not found, and of one place nobody is asked where it is", async () => {
  const declarations = new Declarations();
  const { scope, asked } = place("", { ...home, names: ["x", "y"] });
  declarations.adder(inRegion, scope)({ of: "-", name: "x" });
  declarations.getter(part, scope)({ of: "-", name: "y" });
  expect(await found(declarations, [scope])).toEqual([
    "account.thing -/x",
    "account.thing -/y",
    "region.thing -/y",
    "part.thing -/x",
  ]);
  expect(asked).toEqual(["account"]);
});

test("what two places have in common is found once, and is declared where it is in either", async () => {
  const declarations = new Declarations();
  const one = place("one", { ...home, names: ["x"] });
  const two = place("two", { account: "1", region: "b", names: ["x"] });
  declarations.adder(inAccount, one.scope)({ of: "-", name: "x" });
  expect(await found(declarations, [one.scope, two.scope])).toEqual([
    "region.thing -/x (one)",
    "part.thing -/x (one)",
    "region.thing -/x (two)",
    "part.thing -/x (two)",
  ]);
  expect([...one.asked, ...two.asked].filter((what) => what === "account")).toHaveLength(1);
});

test("the same account and region twice is one place; another account is another", async () => {
  const declarations = new Declarations();
  const one = place("one", { ...home, names: ["x"] });
  const same = place("same", { ...home, names: ["x"] });
  const other = place("other", { account: "2", region: "a", names: ["x"] });
  for (const kind of kinds) declarations.adder(kind, one.scope)({ of: "-", name: "x" });
  expect(await found(declarations, [one.scope, same.scope])).toEqual([]);
  expect(await found(declarations, [one.scope, other.scope])).toEqual(
    kinds.map(({ noun }) => `${noun} -/x (other)`),
  );
});

test("where one is not known by what identifies it yet, none of its kind is given", async () => {
  const declarations = new Declarations();
  const { scope } = place("", { ...home, names: ["x"] });
  const other = declarations.adder(inRegion, scope)({ of: "-", name: "other" });
  declarations.adder(part, scope)({ of: other.getProperty("Name"), name: "later" });
  expect(await found(declarations, [scope], () => false)).toEqual([
    "account.thing -/x",
    "region.thing -/x",
  ]);
});
