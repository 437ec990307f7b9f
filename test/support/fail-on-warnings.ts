import { afterEach, beforeEach } from "vitest";

/** A test in which Node warns, or which prints to the console without expecting it, fails. */
const warnings: string[] = [];

process.on("warning", (warning) => warnings.push(warning.stack ?? warning.message));

const { warn, error } = console;

beforeEach(() => {
  console.warn = record("console.warn");
  console.error = record("console.error");
});

afterEach(async () => {
  console.warn = warn;
  console.error = error;
  // Node emits a warning in the tick after its cause.
  await new Promise((resolve) => setImmediate(resolve));
  const seen = warnings.splice(0);
  if (seen.length > 0) throw new Error(`unexpected warning: ${seen.join("\n")}`);
});

function record(name: string) {
  return (...words: unknown[]): void => {
    warnings.push(`${name}: ${words.map(String).join(" ")}`);
  };
}
