/** Answers who asks for help or the version. */
import { exitCodeOf, exitCodes } from "./exit.ts";
import { helpText, verbHelp } from "./help.ts";
import { toStderr, toStdout } from "./output.ts";
import { parse } from "./parse.ts";
import { errorText } from "./render/error-text.ts";
import { verbs } from "./verbs.ts";
import { version } from "./version.ts";

/** @returns the exit code; undefined where a verb is called, and nothing was said */
export function answer(words: readonly string[]): number | undefined {
  try {
    const parsed = parse(words, verbs);
    if (parsed.kind === "call") return undefined;
    toStdout(parsed.kind === "version" ? `touchdown ${version}\n` : helpOn(parsed.verb));
    return exitCodes.done;
  } catch (error) {
    toStderr(errorText(error, { verbose: words.includes("--verbose") }));
    return exitCodeOf(error);
  }
}

function helpOn(name = ""): string {
  const verb = verbs[name];
  return verb === undefined ? helpText(verbs, version) : verbHelp(name, verb);
}
