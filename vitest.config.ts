import { defineConfig } from "vitest/config";

/**
 * Two files at a time, each with an AWS, ports and folders of its own. What takes minutes fills a small machine by itself:
 * one file at a time, after the rest.
 */
export default defineConfig({
  test: {
    allowOnly: false,
    maxWorkers: 2,
    setupFiles: ["test/support/fail-on-warnings.ts"],
    // The AWS SDK's notice to Node 20 users; the command line turns it off in the same way.
    // Expected texts have no colour, also where a runner forces it.
    env: { AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: "true", NO_COLOR: "1" },
    projects: [
      {
        extends: true,
        test: {
          name: "unit",
          include: ["src/**/*.test.ts", "test/tooling/**/*.test.ts"],
          testTimeout: 60_000,
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: {
          name: "contract",
          include: ["test/contract/**/*.test.ts", "test/faults/**/*.test.ts"],
          testTimeout: 120_000,
          hookTimeout: 300_000,
          sequence: { groupOrder: 1 },
        },
      },
      {
        extends: true,
        test: {
          name: "e2e",
          include: ["test/build/**/*.test.ts", "test/e2e/**/*.test.ts"],
          testTimeout: 180_000,
          hookTimeout: 300_000,
          sequence: { groupOrder: 2 },
        },
      },
      {
        extends: true,
        test: {
          name: "full",
          include: ["test/full/**/*.test.ts"],
          testTimeout: 600_000,
          hookTimeout: 300_000,
          fileParallelism: false,
          sequence: { groupOrder: 3 },
        },
      },
      {
        extends: true,
        test: {
          name: "oracles",
          include: ["test/oracles/**/*.test.ts"],
          testTimeout: 600_000,
          hookTimeout: 600_000,
          fileParallelism: false,
          sequence: { groupOrder: 4 },
        },
      },
    ],
  },
});
