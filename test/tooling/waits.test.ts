/** Every retry and every wait of AWS comes from the tables in src/aws/wait.ts, with its source and its end. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { races, unsure, waits } from "../../src/aws/wait.ts";

const root = join(import.meta.dirname, "../..");
const table = readFileSync(join(root, "src/aws/wait.ts"), "utf8");

/** Who may let time pass, and what for. */
const mayWait: Readonly<Record<string, string>> = {
  "src/core/runtime.ts": "the clock itself",
  "src/core/until.ts": "waits, with a name and an end",
  "src/aws/wait.ts": "repeats for a race of the table; looks for what may be there soon",
  "src/aws/unsure.ts": "repeats what AWS did not say whether it did it, as often as the table says",
  "src/aws/rate.ts": "keeps to quotas: what is called has not been called before",
  "src/aws/lock/hold-lock.ts": "renews a team's lock, and watches another's for a sign of life",
  "src/aws/logs/tail.ts": "follows a log for as long as the user lets it",
};

const sources = ["src/aws", "src/core", "src/operations"]
  .flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: "utf8" }).map(
      (name) => `${folder}/${name.replaceAll("\\", "/")}`,
    ),
  )
  .filter((file) => file.endsWith(".ts") && !file.endsWith(".test.ts"))
  .map((file) => ({ file, text: readFileSync(join(root, file), "utf8") }));

test("only those let time pass who are known to, and each of them does", () => {
  const waiting = sources.filter(({ text }) => /\bsleep\(|\bset(?:Timeout|Interval)\(/u.test(text));
  expect(waiting.map(({ file }) => file).toSorted()).toEqual(Object.keys(mayWait).toSorted());
});

test("nobody else repeats without an end", () => {
  const endless = sources.filter(({ text }) => /\bfor \(;;|\bwhile \(true\)|; ; /u.test(text));
  for (const { file } of endless) expect(Object.keys(mayWait)).toContain(file);
});

test("every wait for AWS is one of the table; core's own is for what it has just created", () => {
  const waiting = sources.filter(
    ({ file, text }) => !(file in mayWait) && /\b(?:until|ifSoon)\(/u.test(text),
  );
  expect(waiting.map(({ file }) => file)).toContain("src/aws/sqs/queue.ts");
  for (const { file, text } of waiting) {
    const count = (pattern: RegExp) => text.match(pattern)?.length ?? 0;
    const of = file === "src/core/act.ts" ? /^ +visible,$/gmu : /\bwaits\.\w+\b(?!\.)/gu;
    expect(`${file}: ${count(of)}`).toBe(`${file}: ${count(/\b(?:until|ifSoon)\(/gu)}`);
  }
});

describe.for(Object.keys({ ...races, ...waits }))("%s", (name) => {
  const { everyMs, atMostMs } = { ...races, ...waits }[
    name as keyof typeof races | keyof typeof waits
  ];

  test("ends", () => {
    expect(everyMs).toBeGreaterThan(0);
    expect(atMostMs).toBeGreaterThan(everyMs);
    expect(atMostMs).toBeLessThanOrEqual(300_000);
  });

  test("has its source beside it, or says that there is none", () => {
    const before = table.split(`\n  ${name}: {`)[0]?.split("/**").at(-1);
    expect(before).toMatch(/@source [A-Z]|No time is documented/u);
  });
});

test.for(Object.entries(races))("the race %s says what is happening", ([, race]) => {
  expect(race.because).toMatch(/^[a-zA-Z]\w* [a-zA-Z, ']{15,}/u);
  expect(race.awsName).toMatch(/^\w+$/u);
});

test("what AWS did not say whether it did it is asked for a few times, with a source", () => {
  expect(unsure.attempts).toBeLessThanOrEqual(5);
  expect(table.split("export const unsure")[0]?.split("/**").at(-1)).toContain("@source");
});
