import { expect, test } from "vitest";
import { dead, refusalOf, world } from "../../../test/support/lock-world.ts";

test("who waits for it gets it when it is given back, and says once for whom it waits", async () => {
  const { clock, events, place, take } = world();
  const ann = await take("ann");
  const waiting = take("bob", 600_000);
  await clock.pass(300_000);
  expect(place.kept?.record.owner).toBe("ann");
  await ann.release();
  const eve = await take("eve");
  await clock.pass(3_000);
  await eve.release();
  await clock.pass(3_000);
  const bob = await waiting;
  expect(place.kept?.record.owner).toBe("bob");
  const what = (owner: string, at: string) =>
    `the lock, which is held by ${owner} since 2026-11-25T${at}Z (touchdown apply, pid 42)`;
  expect(events).toEqual([
    { type: "waiting", what: what("ann", "10:00:00"), atMostMs: 600_000 },
    { type: "waited", what: what("ann", "10:00:00"), elapsedMs: 303_000 },
    { type: "waiting", what: what("eve", "10:05:00"), atMostMs: 297_000 },
    { type: "waited", what: what("eve", "10:05:00"), elapsedMs: 306_000 },
  ]);
  await bob.release();
});

test("it waits no longer than it is to, and says how long it did", async () => {
  const { clock, take } = world();
  const ann = await take("ann");
  const bob = refusalOf(take("bob", 10_000));
  await clock.pass(10_000);
  expect(await bob).toMatchObject({
    code: "WORKSPACE_LOCKED",
    message:
      "the lock is held by ann since 2026-11-25T10:00:00Z (touchdown apply, pid 42), also after 10 s of waiting",
  });
  await ann.release();
});

test("Ctrl-C while it waits for its turn is an interrupted run, which has taken nothing", async () => {
  const { clock, place, stop, take } = world();
  const ann = await take("ann");
  const bob = refusalOf(take("bob", 600_000));
  await clock.pass(10_000);
  stop.abort(new Error("interrupted"));
  expect(await bob).toMatchObject({ code: "INTERRUPTED" });
  expect(place.kept?.record.owner).toBe("ann");
  await ann.release();
});

test("who waits for a run that dies gets its lock", async () => {
  const { clock, place, take } = world();
  dead(place, clock);
  const { record } = place.kept!;
  place.kept = {
    record: { ...record, expires: new Date(clock.now() + 30_000).toISOString() },
    tag: "dies",
  };
  const waiting = take("bob", 600_000);
  await clock.pass(55_000);
  await (await waiting).release();
  expect(place.kept?.record.owner).toBe("bob");
});
