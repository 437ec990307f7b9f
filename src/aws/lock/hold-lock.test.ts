import { expect, test } from "vitest";
import { dead, refusalOf, world } from "../../../test/support/lock-world.ts";
import { breakLock, heldBy } from "./hold-lock.ts";
import { holderText } from "./lock-record.ts";

test("a lock that is held is refused, with who holds it and how to go on", async () => {
  const { place, take } = world();
  const ann = await take("ann@laptop");
  await expect(take("bob@desk")).rejects.toMatchObject({
    code: "WORKSPACE_LOCKED",
    message: "the lock is held by ann@laptop since 2026-11-25T10:00:00Z (touchdown apply, pid 42)",
    hint: "wait until that run is done, as --lock-timeout 600 does; if it is dead, the same command works after 2026-11-25T10:01:00Z, or after touchdown unlock",
  });
  expect(await ann.release()).toBeUndefined();
  expect(await heldBy(place)).toBeUndefined();
  const bob = await take("bob@desk");
  expect(place.kept?.record.owner).toBe("bob@desk");
  await bob.release();
});

test("of many that come at once, one gets it", async () => {
  const { take } = world();
  const owners = ["a", "b", "c", "d", "e"];
  const took = await Promise.allSettled(owners.map((owner) => take(owner)));
  const held = took.filter((each) => each.status === "fulfilled");
  expect(held).toHaveLength(1);
  const refused = took.flatMap((each) => (each.status === "rejected" ? [each.reason] : []));
  expect(refused).toMatchObject(Array.from({ length: 4 }, () => ({ code: "WORKSPACE_LOCKED" })));
  await held[0]?.value.release();
});

test("while its run lives it is renewed, so that it never expires", async () => {
  const { clock, place, take } = world();
  const ann = await take("ann");
  await clock.pass(600_000);
  expect(ann.signal.aborted).toBe(false);
  await expect(take("bob")).rejects.toMatchObject({ code: "WORKSPACE_LOCKED" });
  await ann.release();
  const after = place.kept;
  await clock.pass(60_000);
  expect(place.kept).toBe(after);
});

test("one whose holder is dead is taken over, after a while without a sign of life", async () => {
  const { clock, events, place, take } = world();
  dead(place, clock);
  const bob = take("bob");
  await clock.pass(19_000);
  expect(place.kept?.record.id).toBe("dead");
  await clock.pass(1_000);
  const held = await bob;
  expect(place.kept?.record.owner).toBe("bob");
  expect(events).toMatchObject([
    { type: "waiting", what: "a sign of life from ann@ci, whose lock has expired" },
    { type: "waited" },
  ]);
  await held.release();
});

test("two that take over a dead one's lock at once: one gets it", async () => {
  const { clock, place, take } = world();
  dead(place, clock);
  const took = Promise.allSettled([take("bob"), take("eve")]);
  await clock.pass(20_000);
  const outcomes = await took;
  expect(outcomes.map(({ status }) => status).toSorted()).toEqual(["fulfilled", "rejected"]);
  for (const each of outcomes) if (each.status === "fulfilled") await each.value.release();
});

test("a holder whose clock goes behind is not taken for dead", async () => {
  const { clock, place, take } = world();
  dead(place, clock);
  const bob = refusalOf(take("bob"));
  await clock.pass(10_000);
  place.kept = { ...place.kept!, tag: "renewed" };
  await clock.pass(10_000);
  expect(await bob).toMatchObject({ code: "WORKSPACE_LOCKED" });
  expect(place.kept?.tag).toBe("renewed");
});

test("Ctrl-C while it waits for a sign of life is an interrupted run", async () => {
  const { clock, place, stop, take } = world();
  dead(place, clock);
  const bob = refusalOf(take("bob"));
  await clock.pass(1_000);
  stop.abort(new Error("interrupted"));
  expect(await bob).toMatchObject({ code: "INTERRUPTED" });
});

test("a run whose lock was taken away is told by whom, and does not give it back", async () => {
  const { clock, place, take } = world();
  const ann = await take("ann");
  const found = await heldBy(place);
  expect(holderText(found!.record)).toContain("ann since");
  expect(await breakLock(place, found!, { owner: "bob@desk", now: clock.now() })).toBe(true);
  const bob = await take("bob@desk");
  await clock.pass(15_000);
  expect(ann.signal.reason).toMatchObject({
    code: "WORKSPACE_LOCK_LOST",
    message: /^this run lost the lock: it is held by bob@desk since /u,
  });
  const before = place.kept;
  expect(await ann.release()).toBeUndefined();
  expect(place.kept).toBe(before);
  await bob.release();
});

test("a lock that was unlocked or deleted is lost too", async () => {
  const one = world();
  const ann = await one.take("ann");
  await breakLock(one.place, (await heldBy(one.place))!, { owner: "bob", now: one.clock.now() });
  await one.clock.pass(15_000);
  expect(ann.signal.reason).toMatchObject({
    message: "this run lost the lock: bob ran touchdown unlock",
  });
  const other = world();
  const eve = await other.take("eve");
  other.place.kept = undefined;
  await other.clock.pass(15_000);
  expect(eve.signal.reason).toMatchObject({ message: "this run lost the lock: it was deleted" });
});

test("unlock takes it also where it was renewed in between, not where another run has it", async () => {
  const { clock, place, take } = world();
  const ann = await take("ann");
  const seen = await heldBy(place);
  await clock.pass(15_000);
  expect(await breakLock(place, seen!, { owner: "bob", now: clock.now() })).toBe(true);
  await clock.pass(15_000);
  expect(ann.signal.aborted).toBe(true);
  const eve = await take("eve");
  expect(await breakLock(place, seen!, { owner: "bob", now: clock.now() })).toBe(false);
  expect(place.kept?.record.released).toBeUndefined();
  await eve.release();
});

test("answers that are lost on the way cost nothing", async () => {
  const { clock, place, take } = world();
  place.loseAnswer = true;
  const ann = await take("ann");
  place.loseAnswer = true;
  await clock.pass(120_000);
  expect(ann.signal.aborted).toBe(false);
  await ann.release();
  expect(place.kept?.record.released).toBeDefined();
});

test("a run that can't renew stops once its lock has expired, and not before", async () => {
  const { clock, place, take } = world();
  const ann = await take("ann");
  place.down = true;
  await clock.pass(45_000);
  expect(ann.signal.aborted).toBe(false);
  await clock.pass(15_000);
  expect(ann.signal.reason).toMatchObject({
    code: "WORKSPACE_LOCK_LOST",
    message: "this run lost the lock: it could not be renewed in time: no answer",
  });
});

test("a lock that can't be given back is said, with until when it is held", async () => {
  const { place, take } = world();
  const ann = await take("ann");
  place.down = true;
  expect(await ann.release()).toBe(
    "the lock could not be given back and is held until 2026-11-25T10:01:00Z: no answer",
  );
});

test("a lock that was taken away just before the run ended is said too", async () => {
  const { clock, place, take } = world();
  const ann = await take("ann");
  await breakLock(place, (await heldBy(place))!, { owner: "bob", now: clock.now() });
  const eve = await take("eve");
  const before = place.kept;
  expect(await ann.release()).toBe(
    "this run lost the lock: it is held by eve since 2026-11-25T10:00:00Z (touchdown apply, pid 42), before it ended: another run may have been at work beside it",
  );
  expect(place.kept).toBe(before);
  await eve.release();
});

test("it is given back once, also where the answer to that was lost, and where the one to the last renewal was", async () => {
  const { place, take } = world();
  const ann = await take("ann");
  place.loseAnswer = true;
  expect(await ann.release()).toBeUndefined();
  expect(place.kept?.record.released).toBeDefined();
  const eve = await take("eve");
  place.kept = { ...place.kept!, tag: "renewed" };
  expect(await eve.release()).toBeUndefined();
  expect(place.kept?.record.released).toBeDefined();
});
