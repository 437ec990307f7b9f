import { expect, test } from "vitest";
import { ministackVersion, requirements } from "./requirements.ts";

test("everything the embedded AWS is made of is pinned, with a sha256", () => {
  const entries = requirements.trimEnd().split(/\n(?=\S)/);
  expect(entries.length).toBeGreaterThan(10);
  for (const entry of entries) {
    expect(entry).toMatch(
      /^[a-z0-9-]+==[0-9a-z.]+( ; [^\\]+)?( \\\n {4}--hash=sha256:[0-9a-f]{64})+$/,
    );
  }
});

test("the version that is named is the one that is installed, with boto3 beside it", () => {
  expect(requirements).toContain(`\nministack==${ministackVersion} \\\n`);
  expect(requirements).toMatch(/^boto3==/m);
});

test("no index is named: it is the one pip is configured with", () => {
  expect(requirements).not.toMatch(/:\/\/|--index|--find-links/);
});
