import { expect, test } from "vitest";
import { UsageError } from "./exit.ts";
import { parse } from "./parse.ts";
import { verbs } from "./verbs.ts";

function call(...words: string[]) {
  const parsed = parse(words, verbs);
  if (parsed.kind !== "call") throw new Error(`parsed as ${parsed.kind}`);
  return { verb: parsed.verb, ...parsed.call };
}

function refusal(...words: string[]): string {
  try {
    parse(words, verbs);
  } catch (error) {
    if (error instanceof UsageError) return error.message;
    throw error;
  }
  throw new Error("nothing was refused");
}

test("options stand before or after the verb, with or without =", () => {
  const { verb, values } = call("--file", "x.ts", "plan", "--region=eu-west-1", "-v");
  expect(verb).toBe("plan");
  expect(values.text("file")).toBe("x.ts");
  expect(values.text("region")).toBe("eu-west-1");
  expect(values.flag("verbose")).toBe(true);
  expect(values.flag("json")).toBe(false);
});

test("a verb's operand is told from an option's value", () => {
  expect(call("--profile", "apply", "invoke", "api", "-e", "{}").operands).toEqual(["api"]);
});

test("no words, --help and help ask for help; a verb's own help names it", () => {
  expect(parse([], verbs)).toEqual({ kind: "help" });
  expect(parse(["--help"], verbs)).toEqual({ kind: "help" });
  expect(parse(["help"], verbs)).toEqual({ kind: "help" });
  expect(parse(["help", "plan"], verbs)).toEqual({ kind: "help", verb: "plan" });
  expect(parse(["plan", "-h"], verbs)).toEqual({ kind: "help", verb: "plan" });
  expect(parse(["--version"], verbs)).toEqual({ kind: "version" });
});

test.each([
  [["aply"], 'there is no verb "aply", did you mean "apply"?'],
  [["deploy"], 'there is no verb "deploy"'],
  [["help", "plam"], 'there is no verb "plam", did you mean "plan"?'],
  [["plan", "--josn"], '--josn is not an option of plan, did you mean "--json"?'],
  [["plan", "--yes"], "--yes is not an option of plan"],
  [["plan", "-x"], "-x is not an option of plan"],
  [["--verison"], "--verison is not an option"],
  [["--json"], "--json is an option of a verb, and there is no verb"],
  [["--region=eu-west-1"], "--region is an option of a verb, and there is no verb"],
  [["-y"], "-y is an option of a verb, and there is no verb"],
  [["-"], "- is not an option"],
  [["plan", "--file"], "--file needs a value: --file FILE"],
  [["plan", "--file="], "--file needs a value: --file FILE"],
  [["apply", "--yes=no"], '--yes takes no value, got "no"'],
  [["local", "start", "api"], 'local does not take "api"'],
  [["invoke"], "invoke needs NAME"],
  [["invoke", "a", "b"], 'invoke does not take "b"'],
])("%j is refused: %s", (words, message) => {
  expect(refusal(...words)).toContain(message);
});

test("what every JavaScript object has is no verb", () => {
  expect(refusal("constructor")).toBe('there is no verb "constructor"');
  expect(refusal("help", "toString")).toBe('there is no verb "toString"');
});
