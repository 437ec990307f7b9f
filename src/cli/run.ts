/** Runs one verb: loads it alone, and turns what it gives or throws into an exit code. */
import { toStderr } from "./output.ts";
import { exitCodeOf, exitCodes } from "./exit.ts";
import type { Parsed } from "./parse.ts";
import { errorText } from "./render/error-text.ts";
import { actions } from "./actions.ts";

export async function run({ verb, call }: Extract<Parsed, { kind: "call" }>): Promise<number> {
  try {
    const act = await actions[verb]?.();
    return (await act?.(call)) ?? exitCodes.bug;
  } catch (error) {
    const verbose = process.argv.includes("--verbose");
    toStderr(errorText(error, { verbose }));
    return exitCodeOf(error);
  }
}
