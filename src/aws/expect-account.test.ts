import { afterEach, beforeEach, expect, test } from "vitest";
import { stsServer } from "../../test/support/sts-server.ts";
import type { StsServer } from "../../test/support/sts-server.ts";
import { run } from "../../test/support/box-world.ts";
import { apply } from "../core/converge.ts";
import { buildGraph } from "../core/graph.ts";
import { Workspace } from "../workspace.ts";
import type { AccountOptions, AccountOverrides } from "./account-options.ts";

let server: StsServer;
beforeEach(async () => {
  server = await stsServer();
});
afterEach(() => server.stop());

const keys = { accessKeyId: "KEY", secretAccessKey: "secret" };

/** Apply a queue in the account of these options; STS alone answers. */
async function applied(options: AccountOptions, overrides: AccountOverrides = {}) {
  const workspace = new Workspace({ overrides });
  const { endpoint } = server;
  workspace.addAws({ region: "eu-west-1", endpoint, ...keys, ...options }).addQueue({ name: "q" });
  const graph = await buildGraph(workspace.resources, workspace.problems);
  return apply(graph, run());
}

test("the wrong account is refused before anything is asked of it", async () => {
  await expect(applied({ expectAccount: "210987654321", name: "prod" })).rejects.toMatchObject({
    code: "ACCOUNT",
    message:
      "addAws prod expects account 210987654321, and these credentials are of account 123456789012",
    hint: "use others with --profile or AWS_PROFILE, or correct expectAccount",
  });
  await expect(applied({ expectAccount: "210987654321" })).rejects.toMatchObject({
    message: /^addAws expects account 210987654321, /u,
  });
  expect(server.asked).toEqual(["GetCallerIdentity KEY", "GetCallerIdentity KEY"]);
});

test("the right account is asked for once, and none where none is expected", async () => {
  await applied({ expectAccount: "123456789012" });
  expect(server.asked.filter((asked) => asked.startsWith("Get"))).toEqual([
    "GetCallerIdentity KEY",
  ]);
  const before = server.asked.length;
  await applied({});
  expect(server.asked.slice(before).join()).not.toContain("GetCallerIdentity");
});

test("the AWS on this machine is nobody's account", async () => {
  const overrides = { endpoint: server.endpoint, credentials: () => ({ ...keys }) };
  await applied({ expectAccount: "210987654321" }, overrides);
  expect(server.asked.join()).not.toContain("GetCallerIdentity");
});

test.each(["1234", "arn:aws:iam::123456789012:root"])("%j is no account", async (expectAccount) => {
  await expect(applied({ expectAccount })).rejects.toMatchObject({
    message: `addAws: expectAccount must be an account's 12 digits, got "${expectAccount}"`,
  });
});
