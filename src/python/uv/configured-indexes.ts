import type { Surroundings } from "./pip-settings.ts";
import { isTable, tableOf, type Table } from "../projects/toml-table.ts";
import { uvTables } from "./uv-environment.ts";

/** A place where uv and pip look for packages, as it is configured: its address may have credentials. */
export type ConfiguredIndex = {
  readonly name?: string | undefined;
  readonly address: string;
  /** `links`: a page or a folder of files, not of projects. */
  readonly kind: "default" | "more" | "links";
};

export type ConfiguredIndexes = {
  /** In the order in which uv asks: those that are named besides the default one come first. */
  readonly indexes: readonly ConfiguredIndex[];
  /** No index is to be asked at all. */
  readonly none: boolean;
};

/**
 * The package indexes that are configured in the environment and in uv's files.
 *
 * @param folder       where uv's configuration begins to be looked for
 * @param surroundings with the environment as `uvEnvironment` makes it, so that pip's configuration is in it
 * @source uv's documentation, “Package indexes” and “Environment variables”
 */
export function configuredIndexes(folder: string, surroundings: Surroundings): ConfiguredIndexes {
  const { environment } = surroundings;
  const tables = uvTables(folder, surroundings).flatMap((table) => [table, tableOf(table, "pip")]);
  const variables = (["more", "default"] as const).flatMap((kind) =>
    indexVariables[kind]
      .flatMap((name) => (environment[name] ?? "").split(/\s+/).filter(Boolean))
      .map((text) => ({ ...parseIndex(text), kind })),
  );
  const links = (environment["UV_FIND_LINKS"] ?? "").split(",").filter(Boolean);
  const all = [
    ...variables,
    ...links.map((address) => ({ address, kind: "links" }) as const),
    ...tables.flatMap(indexesIn),
  ];
  const order = { more: 0, default: 1, links: 2 };
  return {
    indexes: all.toSorted((a, b) => order[a.kind] - order[b.kind]),
    none:
      /^(1|true|yes|y|t|on)$/i.test(environment["UV_NO_INDEX"] ?? "") ||
      tables.some((table) => table["no-index"] === true),
  };
}

const indexVariables = {
  more: ["UV_INDEX", "UV_EXTRA_INDEX_URL"],
  default: ["UV_DEFAULT_INDEX", "UV_INDEX_URL"],
} as const;

/** `https://…`, or with a name before it: `internal=https://…`. */
function parseIndex(text: string): Pick<ConfiguredIndex, "name" | "address"> {
  const parts = /^(?<name>[\w.-]+)=(?<address>.*)$/.exec(text)?.groups;
  return { name: parts?.["name"], address: parts?.["address"] ?? text };
}

/** Of a uv.toml or a `[tool.uv]`: `[[index]]`, and the older keys, which `[pip]` may have as well. */
function indexesIn(table: Table): readonly ConfiguredIndex[] {
  const named = listOf(table["index"]).flatMap((index) => {
    if (!isTable(index) || typeof index["url"] !== "string") return [];
    const { name, url } = index;
    const kind =
      index["format"] === "flat" ? "links" : index["default"] === true ? "default" : "more";
    return [{ name: typeof name === "string" ? name : undefined, address: url, kind } as const];
  });
  const older = Object.entries(olderKeys).flatMap(([key, kind]) =>
    listOf(table[key]).flatMap((one) => (typeof one === "string" ? [{ address: one, kind }] : [])),
  );
  return [...named, ...older];
}

const olderKeys = {
  "extra-index-url": "more",
  "index-url": "default",
  "find-links": "links",
} as const;

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [value];
}
