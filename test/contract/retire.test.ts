/** What a workspace owns and no longer declares: found, shown, deleted; and what was renamed. */
import { afterAll, describe, expect, test } from "vitest";
import { role } from "../../src/aws/iam/role.ts";
import { bucket } from "../../src/aws/s3/bucket.ts";
import { file } from "../../src/aws/s3/file.ts";
import { queue } from "../../src/aws/sqs/queue.ts";
import { embeddedEndpoint } from "./embedded.ts";
import { countDeviation, emulatorDiffers, takeDeviations } from "./emulator-differs.ts";
import { fakeWorld, ownedFile, ownedKinds } from "./owned-kinds.ts";
import { World } from "./world.ts";

const places = {
  "on the fake": () => Promise.resolve(fakeWorld()),
  "on the embedded AWS": async () => World.embedded(await embeddedEndpoint()),
};

const noLogs = emulatorDiffers("tagging: GetResources knows no log groups");

/** What each kind holds; a queue only when there is something in it. */
const held: Readonly<Record<string, string>> = {
  bucket: "it holds what is stored in it",
  "log group": "it holds logs",
};

for (const [place, start] of Object.entries(places)) {
  /** In a workspace of its own, so that what other tests leave behind is not its. */
  const named = async (): Promise<World> => {
    const world = await start();
    world.owner = world.name;
    return world;
  };

  describe.each([...ownedKinds, ownedFile])(
    `a $noun that is no longer declared, ${place},`,
    (kind) => {
      const nameIn = (world: World, name: string): string =>
        kind === ownedFile
          ? `${kind.noun} ${world.name.toLowerCase()}/${name}`
          : `${kind.noun} ${kind.noun === "bucket" ? name.toLowerCase() : name}`;
      /** What is declared all along. */
      const rest = (world: World): void => {
        if (kind === ownedFile) world.add(bucket, { name: world.name.toLowerCase() });
      };
      const both = (world: World, flags = {}) => {
        rest(world);
        kind.add(world, `${world.name}-old`, flags);
      };
      const foundOn = (world: World): boolean => {
        if (kind.noun !== "log group" || world.place === "fake") return true;
        countDeviation(noLogs);
        return false;
      };

      test("is shown by plan, deleted by prune alone, and then there is nothing to do", async () => {
        const world = await named();
        const old = nameIn(world, `${world.name}-old`);
        const data = held[kind.noun];
        await world.applyAll(() => rest(world));
        await world.applyAll(() => both(world));
        expect(
          (await world.retiring("plan", () => both(world), { undeclared: "show" })).shown,
        ).toEqual([]);
        const planned = await world.retiring("plan", () => rest(world), { undeclared: "show" });
        expect(planned.shown).toEqual(foundOn(world) ? [`${old}: ${data ?? "may go"}`] : []);
        expect(planned.planned).toEqual([]);
        if (!foundOn(world)) return;
        const ignored = await world.retiring("apply", () => rest(world));
        expect([...ignored.deleted, ...ignored.shown, ...ignored.left]).toEqual([]);
        const pruned = await world.retiring("apply", () => rest(world), { undeclared: "delete" });
        expect(pruned.deleted).toEqual(data === undefined ? [old] : []);
        expect(pruned.left).toEqual(
          data === undefined
            ? []
            : [
                `${old}: it is no longer declared, but ${data}, and it stays; --prune-data deletes it too`,
              ],
        );
        const all = await world.retiring("apply", () => rest(world), {
          undeclared: "delete",
          data: true,
        });
        expect(all.deleted).toEqual(data === undefined ? [] : [old]);
        const after = await world.retiring("plan", () => rest(world), { undeclared: "show" });
        expect(after.shown).toEqual([]);
      });

      test("stays if it is protected, another's, nobody's, or only referred to", async () => {
        const world = await named();
        await world.applyAll(() => rest(world));
        await world.applyAll(() => {
          both(world, { protect: true });
          kind.add(world, `${world.name}-got`);
        });
        const other = world.elsewhere(`${world.name}-x`);
        const nobody = world.elsewhere();
        if (kind === ownedFile)
          await other.applyAll(() => other.get(bucket, { name: world.name.toLowerCase() }));
        await other.applyAll(() =>
          kind.add(other, kind === ownedFile ? "foreign" : `${world.name}-foreign`),
        );
        await nobody.applyAll(() =>
          kind.add(nobody, kind === ownedFile ? "wild" : `${world.name}-wild`),
        );
        const declare = (): void => {
          rest(world);
          kind.get(world, `${world.name}-got`);
        };
        const pruned = await world.retiring("apply", declare, { undeclared: "delete", data: true });
        expect(pruned.deleted).toEqual([]);
        if (!foundOn(world)) return;
        expect(pruned.left.filter((line) => line.includes("no longer"))).toEqual([
          `${nameIn(world, `${world.name}-old`)}: it is no longer declared, but it is protected, and it stays`,
        ]);
      });

      test("is deleted when another took its place, and once", async () => {
        const world = await named();
        const data = held[kind.noun] === undefined ? {} : { data: true };
        const old = nameIn(world, `${world.name}-old`);
        await world.applyAll(() => rest(world));
        await world.applyAll(() => both(world));
        const moved = (): void => {
          rest(world);
          const now = kind.add(world, `${world.name}-new`);
          now.movedFrom.push(
            kind.noun === "bucket" ? `${world.name.toLowerCase()}-old` : `${world.name}-old`,
          );
        };
        expect((await world.retiring("plan", moved, data)).planned).toEqual([old]);
        const done = await world.retiring("apply", moved, data);
        expect(done.deleted).toEqual([old]);
        const again = await world.retiring("apply", moved, { undeclared: "delete", data: true });
        expect([...again.deleted, ...again.left, ...again.shown]).toEqual([]);
      });
    },
  );

  test(`a queue with messages, ${place}, goes only where that is asked for`, async () => {
    const world = await named();
    const QueueName = `${world.name}-old`;
    await world.applyAll(() => world.add(queue, { name: QueueName }));
    const sqs = await (await world.context()).client("sqs");
    const { QueueUrl } = await sqs.getQueueUrl({ QueueName });
    await sqs.sendMessage({ QueueUrl, MessageBody: "m" });
    const kept = await world.retiring("apply", () => undefined, { undeclared: "delete" });
    expect(kept).toMatchObject({ deleted: [], shown: [`queue ${QueueName}: it holds 1 message`] });
    const moved = () =>
      void world.add(queue, { name: `${world.name}-new` }).movedFrom.push(QueueName);
    const still = await world.retiring("apply", moved);
    expect(still).toMatchObject({
      deleted: [],
      left: [
        `queue ${QueueName}: queue ${world.name}-new took its place, but it holds 1 message, and it stays; --prune-data deletes it too`,
      ],
    });
    expect((await world.retiring("apply", moved, { data: true })).deleted).toEqual([
      `queue ${QueueName}`,
    ]);
  });

  test(`files go before their bucket and functions before roles, ${place}`, async () => {
    const world = await named();
    const name = world.name.toLowerCase();
    const f = ownedKinds.find(({ noun }) => noun === "function");
    await world.applyAll(() => {
      world.add(role, { name });
      f?.add(world, world.name);
      world.add(file, { bucket: world.add(bucket, { name }), name: "f", contents: "x" });
    });
    const kept = () => world.add(bucket, { name });
    const first = await world.retiring("apply", kept, { undeclared: "delete" });
    expect(first.deleted).toEqual([`function ${world.name}`, `file ${name}/f`, `role ${name}`]);
    const last = await world.retiring("apply", () => undefined, {
      undeclared: "delete",
      data: true,
    });
    expect(last.deleted).toEqual([`bucket ${name}`]);
  });

  test(`destroy shows what is no longer declared, and deletes it first where that is asked for, ${place}`, async () => {
    const world = await named();
    const name = world.name.toLowerCase();
    const kept = () => world.add(bucket, { name });
    await world.applyAll(() => {
      world.add(file, { bucket: kept(), name: "f", contents: "x" });
      world.add(queue, { name });
    });
    const declare = () => void world.add(queue, { name: `${name}-2` });
    await world.applyAll(declare);
    const shown = await world.retiring("destroy", declare, { undeclared: "show" });
    expect(shown.deleted).toEqual([`queue ${name}-2`]);
    expect(shown.shown.toSorted()).toEqual([
      `bucket ${name}: it holds what is stored in it`,
      `queue ${name}: may go`,
    ]);
    const all = await world.retiring("destroy", kept, { undeclared: "delete" });
    expect(all.deleted).toEqual([`file ${name}/f`, `queue ${name}`, `bucket ${name}`]);
  });

  afterAll(() => {
    for (const line of takeDeviations()) process.stdout.write(`${line}\n`);
  });
}
