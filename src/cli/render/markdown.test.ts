import fc from "fast-check";
import { expect, test } from "vitest";
import type { Planned } from "../../core/report.ts";
import type { Change } from "../../core/events.ts";
import { codeText } from "./markdown-text.ts";
import { markdownPlan } from "./markdown.ts";

const planned = (name: string, verdict: Planned["verdict"], changes: readonly Change[] = []) => ({
  id: `id ${name}`,
  name,
  verdict,
  changes,
});
const clean = { failures: [], skipped: [], undeclared: [] };

test("a plan reads as a table of what is to be done, and its fields unfold", () => {
  const text = markdownPlan({
    ...clean,
    planned: [
      planned("queue jobs", "create", [
        { field: "create", kind: "action", action: "create" },
        { field: "delaySeconds", kind: "added", new: "5" },
      ]),
      planned("role r", "unchanged"),
      planned("function api", "update", [
        { field: "timeout", kind: "changed", old: "3", new: "30" },
        { field: "environment.TOKEN", kind: "changed", secret: true },
        { field: "environment.URL", kind: "pending", needs: ["queue jobs"] },
        { field: "layers", kind: "removed", old: "[1]" },
        { field: "publish", kind: "action", action: "publish a new version" },
      ]),
      planned("queue old", "delete", [{ field: "delete", kind: "action", action: "delete" }]),
    ],
  });
  expect(text).toBe(`<!-- touchdown plan -->
### touchdown plan: 1 to delete, 1 to update, 1 to create

1 resource is as declared.

| to do | resource | what |
| --- | --- | --- |
| delete | \`queue old\` |  |
| update | \`function api\` | \`timeout\`, \`environment.TOKEN\`, \`environment.URL\`, \`layers\`, publish a new version |
| create | \`queue jobs\` | \`delaySeconds\` |

<details>
<summary>Field by field</summary>

**update \`function api\`**

| field | is | will be |
| --- | --- | --- |
| \`timeout\` | \`3\` | \`30\` |
| \`environment.TOKEN\` |  | changed, not shown |
| \`environment.URL\` |  | not known yet: needs \`queue jobs\` |
| \`layers\` | \`[1]\` | default |

**create \`queue jobs\`**

| field | is | will be |
| --- | --- | --- |
| \`delaySeconds\` |  | \`5\` |

</details>
`);
});

test("nothing to do is one line, and what failed is said", () => {
  expect(markdownPlan({ ...clean, planned: [planned("role r", "unchanged")] })).toBe(
    "<!-- touchdown plan -->\n### touchdown plan: nothing to do\n\n1 resource is as declared.\n\n",
  );
  const failures = [{ id: "x", name: "queue jobs", error: new Error("SQS said <no> @all") }];
  const skipped = [{ id: "y", name: "function f", because: "queue jobs" }];
  expect(markdownPlan({ ...clean, failures, skipped, planned: [] })).toBe(
    "<!-- touchdown plan -->\n### touchdown plan: 1 failed\n\n" +
      "- failed: `queue jobs` SQS said &#60;no&#62; &#64;all\n\n" +
      "1 resource was not looked at because of that.\n\n",
  );
});

test.each([
  ["plain", "`plain`"],
  ["<b>&amp;@all", "`<b>&amp;@all`"],
  ["a|b", "<code>a&#124;b</code>"],
  ["a`b", "<code>a&#96;b</code>"],
  [" x", "<code> x</code>"],
  ["", "<code></code>"],
  ["a\nb\u0007", "`a⏎b\uFFFD`"],
  ["\\*", "<code>&#92;&#42;</code>"],
])("%j is set as code: %s", (text, code) => {
  expect(codeText(text)).toBe(code);
});

test("whatever is in a value, a row keeps its three cells and nothing is markup", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), fc.string(), (old, now) => {
      const changes = [{ field: old, kind: "changed", old, new: now }] as const;
      const text = markdownPlan({ ...clean, planned: [planned(now, "update", changes)] });
      const rows = text.split("\n").filter((line) => line.startsWith("|"));
      expect(rows).toHaveLength(6);
      for (const row of rows) expect(row.split("|")).toHaveLength(5);
      const marked = text.replaceAll(/`[^`\n]*`/gu, "").replaceAll(/<\/?code>/gu, "");
      expect(marked.match(/<[^>]*>/gu)).toEqual([
        "<!-- touchdown plan -->",
        "<details>",
        "<summary>",
        "</summary>",
        "</details>",
      ]);
    }),
    { numRuns: 300 },
  );
});

test("a comment is never longer than GitHub takes, and says what it leaves out", () => {
  const value = "x|".repeat(50);
  const changes = Array.from({ length: 8 }, (_, index) => ({
    field: `environment.NAME${index}`,
    kind: "changed" as const,
    old: value,
    new: value,
  }));
  const some = (count: number) =>
    Array.from({ length: count }, (_, index) => planned(`function f${index}`, "update", changes));
  const text = markdownPlan({ ...clean, planned: some(100) });
  expect(text.length).toBeLessThanOrEqual(65_536);
  expect(text.length).toBeGreaterThan(50_000);
  expect(text).toMatch(
    /The fields of \d+ resources are left out, as GitHub takes no longer comment/u,
  );
  expect(text).toContain("| update | `function f99` |");
  expect(text.endsWith("</details>\n")).toBe(true);
  // Of small pieces as much as there is room for.
  const small = Array.from({ length: 600 }, (_, index) =>
    planned(`queue ${index}`, "update", [{ field: "f", kind: "changed", old: "1", new: "2" }]),
  );
  const full = markdownPlan({ ...clean, planned: small });
  expect(full.length).toBeGreaterThan(65_000);
  expect(full.length).toBeLessThanOrEqual(65_536);
  const failures = Array.from({ length: 900 }, (_, index) => ({
    id: "x",
    name: `queue ${index}`,
    error: new Error(value),
  }));
  const most = markdownPlan({ ...clean, failures, planned: some(5_000) });
  expect(most.length).toBeLessThanOrEqual(65_536);
  expect(most).toMatch(/- and \d+ more failures\n/u);
  expect(most).toMatch(/The table leaves out \d+ resources: /u);
});

test("what is no longer declared is listed, as no part of what is to be done", () => {
  const undeclared = [
    { id: "x", name: "queue old" },
    {
      id: "y",
      name: "bucket b",
      kept: "it holds what is stored in it",
      holds: "what is stored in it",
    },
  ];
  expect(markdownPlan({ ...clean, undeclared, planned: [] })).toBe(
    "<!-- touchdown plan -->\n### touchdown plan: nothing to do\n\n" +
      "No longer declared, and still there (`touchdown apply --prune` deletes what may go):\n\n" +
      "- `queue old`\n- `bucket b`: it holds what is stored in it; `--prune-data` deletes it too\n",
  );
  const action = "delete: queue new takes its place";
  const moved = planned("queue before", "delete", [{ field: "delete", kind: "action", action }]);
  expect(
    markdownPlan({ ...clean, undeclared: undeclared.slice(0, 1), planned: [moved] }),
  ).toContain("| delete | `queue before` | queue new takes its place |\n\nNo longer declared");
  const many = Array.from({ length: 5_000 }, (_, n) => ({ id: `${n}`, name: `queue old ${n}` }));
  expect(markdownPlan({ ...clean, undeclared: many, planned: [] })).toMatch(/- and \d+ more\n$/u);
});
