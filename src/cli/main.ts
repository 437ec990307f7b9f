/** The command: finds the verb, loads it alone, and turns what it gives or throws into an exit code. */
import { exitCodeOf, exitCodes } from "./exit.ts";
import { helpText, verbHelp } from "./help.ts";
import { parse } from "./parse.ts";
import { errorText } from "./render/error-text.ts";
import { verbs } from "./verbs.ts";
import { version } from "./version.ts";

/** Node 20 users would see the SDK's notice at every run. */
process.env["AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED"] ??= "true";

/** `touchdown plan | head`: the reader went away, which is no fault. */
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE") process.exit(exitCodes.done);
  throw error;
});

async function main(words: readonly string[]): Promise<number> {
  const parsed = parse(words, verbs);
  if (parsed.kind === "version") return print(`touchdown ${version}\n`);
  if (parsed.kind === "help") {
    const verb = verbs[parsed.verb ?? ""];
    const text = verb === undefined ? helpText(verbs, version) : verbHelp(parsed.verb ?? "", verb);
    return print(text);
  }
  const run = await verbs[parsed.verb]?.load();
  return (await run?.(parsed.call)) ?? exitCodes.bug;
}

function print(text: string): number {
  process.stdout.write(text);
  return exitCodes.done;
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  process.stderr.write(errorText(error, { verbose: process.argv.includes("--verbose") }));
  process.exitCode = exitCodeOf(error);
}
