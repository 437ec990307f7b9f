// @ts-check
/** The verbs that the demo uses, each with the events it sent. */
import pc from "picocolors";

/** @typedef {import("../../src/core/events.ts").Event} Event */
/** @typedef {import("../../src/core/events.ts").Summary} Summary */
/** @typedef {Extract<Event, { type: "finished" }>} Finished */
/** @typedef {{ summary: Summary, changed: Finished[], stdout: string }} Ran */

/**
 * `apply` or `destroy`, and of its events those that a person reads.
 *
 * @param {import("./stage.mjs").Stage} stage
 * @param {"apply" | "destroy"} verb
 * @returns {Promise<Ran>}
 */
export async function act(stage, verb) {
  /** @type {Event[]} */
  const events = [];
  const onLine = (/** @type {string} */ line) => {
    const event = /** @type {Event} */ (JSON.parse(line));
    events.push(event);
    for (const text of lines(event)) console.log(text);
  };
  const command = ["touchdown", verb, "--local", "--yes", "--json"];
  const done = await stage.run(command, { show: false, onLine });
  const summary = events.find((event) => event.type === "summary");
  if (done.code !== 0 || summary === undefined) {
    throw new Error(`touchdown ${verb} ended with exit code ${String(done.code)}`);
  }
  const finished = events.filter((event) => event.type === "finished");
  const changed = finished.filter(({ verdict }) => verdict !== "unchanged");
  return { summary, changed, stdout: done.stdout };
}

/**
 * @param {Event} event
 * @returns {string[]}
 */
function lines(event) {
  if (event.type === "output")
    return event.text
      .trimEnd()
      .split("\n")
      .map((line) => pc.dim(`  | ${line}`));
  if (event.type === "progress") return [pc.dim(`  ${event.message}`)];
  if (event.type === "warning") return [`  warning: ${event.message}`];
  if (event.type === "failed") return [`  ${event.name}: ${event.error.message}`];
  if (event.type === "summary") return [pc.dim(`  ${JSON.stringify(event)}`)];
  if (event.type !== "finished" || event.verdict === "unchanged") return [];
  return [
    `  ${event.name}: ${event.verdict}`,
    ...event.changes.map((each) => `    * ${text(each)}`),
  ];
}

/** @param {import("../../src/core/events.ts").Change} change */
function text({ action, field, old: before, new: after }) {
  if (before === undefined && after === undefined) return action ?? field;
  return `${action ?? field}: ${before ?? "none"} → ${after ?? "none"}`;
}
