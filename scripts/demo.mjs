// @ts-check
/**
 * `npm run demo`: touchdown's Lambda documentation, for real, on an AWS of its own on this machine.
 * Each ✓ was looked up; the first that does not hold ends the demo with exit code 1.
 */
import { createHash } from "node:crypto";
import { cp, mkdtemp, readFile, readdir, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { missing } from "./demo/needs.mjs";
import { Stage, Untrue } from "./demo/stage.mjs";
import { act } from "./demo/verbs.mjs";

const made = new Set(["lambda-build", "lambda.zip", "wheelhouse", "settings.json", "__pycache__"]);
const event = JSON.stringify({ name: "reader" });

const lacking = missing();
if (lacking.length > 0) {
  console.error(
    `The demo needs, and this machine lacks:\n${lacking.map((each) => `  ${each}`).join("\n")}`,
  );
  process.exit(1);
}

const interrupted = new AbortController();
for (const name of /** @type {const} */ (["SIGINT", "SIGTERM", "SIGHUP"])) {
  process.on(name, () => interrupted.abort(name));
}
process.exitCode = await demo();

/** @returns {Promise<number>} the exit code */
async function demo() {
  const temp = await mkdtemp(join(tmpdir(), "touchdown-demo-"));
  const folder = join(temp, "project");
  const env = { ...process.env, TOUCHDOWN_LOCAL_DIR: join(temp, "aws") };
  const stage = new Stage({ folder, env, signal: interrupted.signal });
  try {
    await cp(fileURLToPath(new URL("../examples/makefile", import.meta.url)), folder, {
      recursive: true,
      filter: (path) => !made.has(basename(path)),
    });
    await story(stage, folder);
    return 0;
  } catch (error) {
    if (interrupted.signal.aborted) {
      console.error("\nInterrupted");
      return 130;
    }
    const message = error instanceof Error ? error.message : String(error);
    console.error(`\nThe demo stopped: ${error instanceof Untrue ? "" : "failed: "}${message}`);
    return 1;
  } finally {
    await cleanUp(temp, folder, env);
  }
}

/**
 * @param {Stage} stage
 * @param {string} folder
 */
async function story(stage, folder) {
  stage.say("An AWS on this machine (the first time, it is fetched)");
  const started = await stage.run(["touchdown", "local", "start"]);
  stage.check(started.code === 0, "it runs", started.code);

  await firstApply(stage, folder);
  await nothingToDo(stage, folder);
  await edit(stage, folder);
  await tearDown(stage);

  stage.say("That was all of it");
  console.log("The Touchdownfile, its Makefile and more to read: examples/makefile");
}

/**
 * @param {Stage} stage
 * @param {string} folder
 */
async function firstApply(stage, folder) {
  stage.say("What is declared: a queue, settings.json with its URL, make, a role, a function");
  const shown = await stage.run(["cat", "Touchdownfile.ts"]);
  stage.check(shown.code === 0, "this is all of it", shown.code);
  const planned = await stage.run(["touchdown", "plan", "--local"]);
  const early = (await readdir(folder)).filter((name) => made.has(name));
  const onlyPlanned = planned.code === 0 && early.length === 0;
  stage.check(onlyPlanned, "a plan is made, and nothing is built", [planned.code, ...early]);

  stage.say("Make it so");
  const { changed } = await act(stage, "apply");
  const created = changed.filter(({ id, verdict }) => isOnAws(id) && verdict === "create");
  const names = created.map(({ name }) => name).sort();
  const all = names.join() === "function myfunction,queue myqueue,role myrole";
  stage.check(all, "queue, role and function exist", names);

  const unzipped = await stage.run(["unzip", "-p", "lambda.zip", "settings.json"]);
  const url =
    /** @type {{ AWS_SQS_URL?: string }} */ (JSON.parse(unzipped.stdout)).AWS_SQS_URL ?? "";
  stage.check(/^https?:.*\/myqueue$/.test(url), "lambda.zip has the queue's URL", unzipped.stdout);
  const answer = await invoke(stage);
  stage.check(answer.AWS_SQS_URL === url, "the function answers with the same URL", answer);
  const bytes = await readFile(join(folder, "lambda.zip"));
  console.log(`  lambda.zip: sha256 ${createHash("sha256").update(bytes).digest("hex")}`);
}

/**
 * @param {Stage} stage
 * @param {string} folder
 */
async function nothingToDo(stage, folder) {
  stage.say("Again");
  const before = await stat(join(folder, "lambda.zip"));
  const again = await stage.run(["touchdown", "apply", "--local", "--yes"]);
  const said = again.code === 0 && /Nothing to do/.test(again.stdout + again.stderr);
  stage.check(said, "nothing to do, and it says so", again);
  const { summary, changed } = await act(stage, "apply");
  const { created, updated, deleted } = summary;
  const quiet = changed.length === 0 && created + updated + deleted === 0;
  stage.check(quiet, "nothing was changed", summary);
  const after = await stat(join(folder, "lambda.zip"));
  const asItWas = after.mtimeMs === before.mtimeMs && after.ino === before.ino;
  stage.check(asItWas, "make did not run: lambda.zip is the same file", after.mtime);
}

/**
 * @param {Stage} stage
 * @param {string} folder
 */
async function edit(stage, folder) {
  stage.say("Edit one line");
  const path = join(folder, "myproject", "greeting.py");
  const source = await readFile(path, "utf8");
  await writeFile(path, source.replace("Hello", "Welcome"));
  console.log('  myproject/greeting.py: "Hello" → "Welcome"');
  await stage.run(["touchdown", "plan", "--local"]);
  const { changed } = await act(stage, "apply");
  const onAws = changed.filter(({ id }) => isOnAws(id));
  const only = onAws.length === 1 && onAws[0]?.name === "function myfunction";
  stage.check(only, "on AWS, the function was updated and nothing else", onAws);
  const fields = onAws.flatMap(({ changes }) => changes.map(({ field }) => field)).sort();
  const asSaid = fields.join() === "code,publish";
  stage.check(asSaid, "of the function, its code and a version of it, nothing else", fields);
  const answer = await invoke(stage);
  stage.check(answer.greeting === "Welcome, reader", "the new code answers", answer);
}

/** @param {string} id */
function isOnAws(id) {
  return id.startsWith("aws.");
}

/** @param {Stage} stage */
async function tearDown(stage) {
  stage.say("Tear it down, twice");
  const first = await act(stage, "destroy");
  stage.check(first.summary.deleted === 3, "queue, role and function are gone", first.summary);
  const second = await act(stage, "destroy");
  const { deleted, failed } = second.summary;
  stage.check(deleted + failed === 0, "the second time there is nothing to do", second.summary);
}

/**
 * @param {Stage} stage
 * @returns {Promise<{ AWS_SQS_URL?: string, greeting?: string }>}
 */
async function invoke(stage) {
  const done = await stage.run(["touchdown", "invoke", "myfunction", "--local"], { input: event });
  stage.check(done.code === 0, "the function ran", done.code);
  return JSON.parse(done.stdout);
}

/**
 * @param {string} temp
 * @param {string} folder
 * @param {NodeJS.ProcessEnv} env
 */
async function cleanUp(temp, folder, env) {
  const stage = new Stage({ folder, env, signal: new AbortController().signal });
  stage.say("Stop the AWS on this machine, remove the copy");
  const stopped = await stage.run(["touchdown", "local", "stop"]);
  if (stopped.code === 0) await rm(temp, { recursive: true, force: true });
  else console.error(`It may still run; its folder is ${temp}`);
}
