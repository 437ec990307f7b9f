import { logGroup } from "../../src/aws/logs/log-group.ts";
import { contract } from "./contract.ts";
import { emulatorDiffers } from "./emulator-differs.ts";
import { fakeLogs } from "./fake/logs.ts";

const key = "arn:aws:kms:eu-west-1:123456789012:key/1";

contract(logGroup, {
  fakes: () => ({ logs: fakeLogs() }),
  least: ({ name }) => ({ name: `/aws/lambda/${name}` }),
  properties: ({ name, region, accountId }) => ({
    Arn: `arn:aws:logs:${region}:${accountId}:log-group:/aws/lambda/${name}`,
    LogGroupName: `/aws/lambda/${name}`,
  }),
  aspects: {
    retention: { args: { retention: 14 }, plan: ["retention: never expires → 14"] },
    kmsKey: {
      args: { kmsKey: key },
      plan: [`kmsKey: none → ${key}`],
      alone: true,
      differs: emulatorDiffers("logs: AssociateKmsKey is not there"),
    },
    tags: { args: { tags: { team: "media" } }, plan: ["tags.team: media"], back: [] },
  },
});
