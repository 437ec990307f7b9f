/** Play seeded schedules of faults, and say what came of them: `npm run faults -- --seed 1 --count 1000`. */
import { parseArgs } from "node:util";
import { prove } from "./prove.ts";
import { Tally } from "./tally.ts";

const { values } = parseArgs({
  options: {
    seed: { type: "string", default: String(Date.now() % 1_000_000) },
    count: { type: "string", default: "1000" },
    verbose: { type: "boolean", default: false },
  },
});
const seed = Number(values.seed);
const count = Number(values.count);
const note = values.verbose ? (line: string) => console.log(line) : undefined;
const tally = new Tally();
const started = performance.now();
console.log(`seeds ${seed} to ${seed + count - 1}`);
for (let each = seed; each < seed + count; each += 1) {
  const proof = await prove(each, note);
  tally.add(proof);
  for (const line of proof.broken) console.log(`seed ${each}, ${proof.schedule.scenario}: ${line}`);
  if (proof.broken.length > 0 && !values.verbose) {
    console.log(`again: npm run faults -- --seed ${each} --count 1 --verbose`);
  }
  const done = each - seed + 1;
  if (done % 100 === 0 && done < count) console.log(`${done} of ${count}`);
}
for (const line of tally.lines(performance.now() - started)) console.log(line);
if (tally.failed.length > 0) process.exitCode = 1;
