/** Runs one verb: loads it alone, and turns what it gives or throws into an exit code. */
import { toStderr } from "./output.ts";
import { exitCodeOf, exitCodes } from "./exit.ts";
import { parse } from "./parse.ts";
import { errorText } from "./render/error-text.ts";
import { actions } from "./actions.ts";
import { verbs } from "./verbs.ts";

/** @param words  that call a verb, or are refused */
export async function run(words: readonly string[]): Promise<number> {
  try {
    const parsed = parse(words, verbs);
    if (parsed.kind !== "call") return exitCodes.bug;
    const act = await actions[parsed.verb]?.();
    return (await act?.(parsed.call)) ?? exitCodes.bug;
  } catch (error) {
    toStderr(errorText(error, { verbose: words.includes("--verbose") }));
    return exitCodeOf(error);
  }
}
