/**
 * The command. Who asks for help is answered from a small file, at once; all else is `run`, which is loaded with the
 * code that V8 made of it before, and reads the words itself.
 */

/** Node 20 users would see the SDK's notice at every run. */
process.env["AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED"] ??= "true";

void main(process.argv.slice(2));

async function main(words: readonly string[]): Promise<void> {
  const exitCode = mayAsk(words) ? (await import("./answer.ts")).answer(words) : undefined;
  if (exitCode !== undefined) {
    process.exitCode = exitCode;
    return;
  }
  const { run } = await import("./run.ts");
  const ended = await run(words);
  // Else Node takes down all that it has built up, which takes 4 ms. Windows may still be writing what was said.
  if (process.platform === "win32") process.exitCode = ended;
  else process.exit(ended);
}

/** One of these may also be an option's value, or a name. */
function mayAsk(words: readonly string[]): boolean {
  const asking = ["help", "--help", "-h", "--version"];
  return words.length === 0 || words.some((word) => asking.includes(word));
}
