/**
 * The command: what it is asked for. Help needs no more than this, so that it is there at once; a
 * verb is run by `run`, which is bundled apart.
 */
import { toStderr, toStdout } from "./output.ts";
import { exitCodeOf } from "./exit.ts";
import { helpText, verbHelp } from "./help.ts";
import { parse } from "./parse.ts";
import type { Parsed } from "./parse.ts";
import { errorText } from "./render/error-text.ts";
import { verbs } from "./verbs.ts";
import { version } from "./version.ts";

/** Node 20 users would see the SDK's notice at every run. */
process.env["AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED"] ??= "true";

void main(process.argv.slice(2));

async function main(words: readonly string[]): Promise<void> {
  const parsed = parsedOrRefused(words);
  if (parsed?.kind === "version") toStdout(`touchdown ${version}\n`);
  if (parsed?.kind === "help") {
    const verb = verbs[parsed.verb ?? ""];
    const text = verb === undefined ? helpText(verbs, version) : verbHelp(parsed.verb ?? "", verb);
    toStdout(text);
  }
  if (parsed?.kind !== "call") return;
  const { run } = await import("./run.ts");
  const exitCode = await run(parsed);
  // Else Node takes down all that it has built up, which takes 4 ms. Windows may still be writing what was said.
  if (process.platform === "win32") process.exitCode = exitCode;
  else process.exit(exitCode);
}

function parsedOrRefused(words: readonly string[]): Parsed | undefined {
  try {
    return parse(words, verbs);
  } catch (error) {
    toStderr(errorText(error, { verbose: words.includes("--verbose") }));
    process.exitCode = exitCodeOf(error);
    return undefined;
  }
}
