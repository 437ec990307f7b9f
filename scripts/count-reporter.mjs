// @ts-check
/** Counts tests for scripts/test.mjs, in the file that TOUCHDOWN_TEST_COUNTS names. */
import { writeFileSync } from "node:fs";

export default class CountReporter {
  /**
   * @param {readonly import("vitest/node").TestModule[]} modules
   * @param {readonly unknown[]} unhandled  errors outside any test
   */
  onTestRunEnd(modules, unhandled) {
    const counts = { passed: 0, failed: unhandled.length, skipped: /** @type {string[]} */ ([]) };
    for (const module of modules) {
      // A file or suite that breaks outside its tests is one failure, or it would count as none.
      counts.failed += module.errors().length;
      for (const suite of module.children.allSuites()) counts.failed += suite.errors().length;
      for (const test of module.children.allTests()) {
        const result = test.result();
        if (result.state === "passed") counts.passed += 1;
        else if (result.state === "skipped") counts.skipped.push(skipped(test, result.note));
        else counts.failed += 1;
      }
    }
    const file = process.env["TOUCHDOWN_TEST_COUNTS"];
    if (file !== undefined) writeFileSync(file, JSON.stringify(counts));
  }
}

/**
 * @param {import("vitest/node").TestCase} test
 * @param {string | undefined} note
 */
function skipped(test, note) {
  return note === undefined ? test.fullName : `${test.fullName} (${note})`;
}
