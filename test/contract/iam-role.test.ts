import { expect, test } from "vitest";
import { role } from "../../src/aws/iam/role.ts";
import { contract } from "./contract.ts";
import { emulatorDiffers } from "./emulator-differs.ts";
import { fakeIam } from "./fake/iam.ts";
import { Refusal } from "./fake/fake-service.ts";
import { World } from "./world.ts";

const allow = (action: string | string[], resource = "*") => ({
  Version: "2012-10-17" as const,
  Statement: [{ Effect: "Allow" as const, Action: action, Resource: resource }],
});
const managed = (name: string) => `arn:aws:iam::aws:policy/${name}`;

contract(role, {
  fakes: () => ({ iam: fakeIam() }),
  least: (world) => ({ name: world.name }),
  properties: (world) => ({
    Arn: `arn:aws:iam::${world.accountId}:role/${world.name}`,
    RoleName: world.name,
    RoleId: expect.stringMatching(/^AROA/u),
  }),
  aspects: {
    "the trust policy": {
      args: {
        assumeRolePolicy: {
          Version: "2012-10-17",
          Statement: {
            Effect: "Allow",
            Principal: { Service: ["scheduler.amazonaws.com"] },
            Action: ["sts:AssumeRole"],
          },
        },
      },
      plan: [/^assumeRolePolicy\.Statement: .*lambda\.amazonaws\.com.*/u],
      back: [/^assumeRolePolicy\.Statement: .*scheduler\.amazonaws\.com/u],
    },
    "the trust policy, as JSON and for another account,": {
      args: {
        assumeRolePolicy: JSON.stringify({
          Version: "2012-10-17",
          Statement: [
            { Effect: "Allow", Principal: { AWS: "111122223333" }, Action: "sts:AssumeRole" },
          ],
        }),
      },
      alone: true,
      plan: [/^assumeRolePolicy\.Statement: /u],
      back: [/^assumeRolePolicy\.Statement: /u],
    },
    "the description": {
      args: { description: "runs “jobs”".replaceAll(/[“”]/gu, "'") },
      plan: [`description: "" → runs 'jobs'`],
      backDiffers: emulatorDiffers('iam: UpdateRole with Description "" does not take it away'),
    },
    "the length of a session": {
      args: { maxSessionDuration: 7200 },
      plan: ["maxSessionDuration: 3600 → 7200"],
    },
    "the permissions boundary": {
      args: { permissionsBoundary: managed("PowerUserAccess") },
      plan: [`permissionsBoundary: none → ${managed("PowerUserAccess")}`],
    },
    "inline policies": {
      args: {
        policies: {
          send: allow(["sqs:SendMessage"]),
          read: JSON.stringify(allow("s3:GetObject", "arn:aws:s3:::b/*")),
          logs: allow("logs:*"),
        },
      },
      plan: [/^policies\.logs: /u, /^policies\.read: /u, /^policies\.send: /u],
      back: [/^policies\.logs: .* removed$/u, /^policies\.read: /u, /^policies\.send: /u],
    },
    "an inline policy among others": {
      from: { policies: { keep: allow("sqs:*"), change: allow("s3:*"), drop: allow("logs:*") } },
      args: {
        policies: { keep: allow(["sqs:*"]), change: allow("s3:Get*"), fresh: allow("kms:*") },
      },
      alone: true,
      plan: [
        /^policies\.change: .*s3:\*.* → .*s3:get\*/u,
        /^policies\.drop: .* removed$/u,
        /^policies\.fresh: /u,
      ],
      back: [
        /^policies\.change: .*s3:get\*.* → .*s3:\*/u,
        /^policies\.drop: /u,
        /^policies\.fresh: .* removed$/u,
      ],
    },
    "managed policies": {
      args: { managedPolicies: ["C", "A", "B"].map(managed) },
      plan: [/^managedPolicies: \[\] → \[.*policy\/A.*policy\/B.*/u],
      back: [/^managedPolicies: .* → \[\]$/u],
    },
    tags: {
      args: { tags: { team: "media", "cost centre": "7" } },
      plan: ["tags.cost centre: 7", "tags.team: media"],
      back: [],
    },
  },
  immutable: { path: { path: "/service/" } },
});

test("a role that is only referred to needs no permission to list policies", async () => {
  const world = World.fake(() => ({ iam: fakeIam() }));
  await world.apply(() => world.add(role, { name: "r", policies: { a: allow("sqs:*") } }));
  const got = await world.plan(() => world.get(role, { name: "r" }));
  expect(got.calls).toEqual(["GetRole"]);
});

test("a role is deleted out of its instance profiles too", async () => {
  const iam = fakeIam();
  const world = World.fake(() => ({ iam }));
  const declare = () => world.add(role, { name: "r" });
  await world.apply(declare);
  for (const profile of ["a", "b", "c"]) iam.addToInstanceProfile("r", profile);
  expect((await world.destroy(declare)).verdict).toBe("delete");
  expect((await world.plan(declare)).verdict).toBe("create");
});

test("a role whose policies IAM still sees for a moment is deleted all the same", async () => {
  const world = World.fake(() => ({ iam: fakeIam() }));
  const declare = () => world.add(role, { name: "r" });
  await world.apply(declare);
  world.faults.once("iam.deleteRole", new Refusal("DeleteConflictException", "not yet"));
  expect((await world.destroy(declare)).verdict).toBe("delete");
});

test("a trust policy that names a role made a moment ago is tried again, a wrong one is not", async () => {
  const world = World.fake(() => ({ iam: fakeIam() }));
  const declare = () => world.add(role, { name: "r" });
  const notYet = 'Invalid principal in policy: "AWS":"arn:aws:iam::123456789012:role/new"';
  world.faults.once("iam.createRole", new Refusal("MalformedPolicyDocumentException", notYet));
  expect((await world.apply(declare)).verdict).toBe("create");
  await world.destroy(declare);
  const wrong = new Refusal("MalformedPolicyDocumentException", "Syntax errors in policy.");
  world.faults.once("iam.createRole", wrong);
  await expect(world.apply(declare)).rejects.toMatchObject({
    code: "AWS_ERROR",
    message: expect.stringContaining("Syntax errors in policy"),
  });
});

test("a role that IAM does not show yet is taken up, not made twice", async () => {
  const world = World.fake(() => ({ iam: fakeIam() }));
  const declare = () => world.add(role, { name: "r", description: "two" });
  await world.apply(() => world.add(role, { name: "r", description: "one" }));
  world.faults.once("iam.getRole", new Refusal("NoSuchEntityException", "late"));
  world.faults.once("iam.getRole", new Refusal("NoSuchEntityException", "late"));
  expect((await world.apply(declare)).verdict).toBe("create");
  expect((await world.plan(declare)).verdict).toBe("unchanged");
});
