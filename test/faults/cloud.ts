/** A whole AWS in memory, with its ordinary delays, and a list of what is in it. */
import type { FunctionConfiguration } from "@aws-sdk/client-lambda";
import { canonical } from "../../src/core/canonical.ts";
import { neverPublished, settledTag } from "../../src/aws/lambda/published.ts";
import { fakeAccountId, fakeRegion } from "../contract/fake/fake-service.ts";
import type { Fakes } from "../contract/fake/fake-service.ts";
import { fakeDynamodb } from "../contract/fake/dynamodb.ts";
import { fakeIam } from "../contract/fake/iam.ts";
import { fakeLambda } from "../contract/fake/lambda.ts";
import { fakeLogs } from "../contract/fake/logs.ts";
import { fakeS3 } from "../contract/fake/s3.ts";
import { fakeSqs } from "../contract/fake/sqs.ts";
import { taggedIn } from "../contract/fake/tagged.ts";
import { fakeTagging } from "../contract/fake/tagging.ts";
import { EventClock } from "../support/event-clock.ts";

/** Where a workspace that asks for a lock keeps it: a bucket, or a table. */
export const lockPlace = "td-locks";

/** How long Lambda can't assume a new role. */
const roleUnknownMs = 10_000;

export class Cloud {
  readonly clock = new EventClock();
  readonly #iam = fakeIam(this.clock);
  readonly #s3 = fakeS3();
  readonly #logs = fakeLogs();
  readonly #sqs = fakeSqs(this.clock, { staleMs: 2_000, lingerMs: 5_000 });
  readonly #lambda = fakeLambda(this.clock, {
    objects: this.#s3.bytes,
    roles: { has: (arn) => this.#isAssumable(arn) },
  });

  /** By question: the last answer that was not stale, and when it was given. */
  readonly earlier = new Map<string, { readonly at: number; readonly answer: () => object }>();

  readonly fakes: Fakes = {
    iam: this.#iam,
    s3: this.#s3,
    logs: this.#logs,
    sqs: this.#sqs,
    lambda: this.#lambda.client,
    dynamodb: fakeDynamodb(),
    tagging: fakeTagging(() => taggedIn(this.fakes)),
  };

  #isAssumable(arn: string): boolean {
    return [...this.#iam.roles.values()].some(
      ({ name, path, createdAt }) =>
        arn === `arn:aws:iam::${fakeAccountId}:role${path}${name}` &&
        this.clock.now() >= createdAt + roleUnknownMs,
    );
  }

  /** A bucket and a table for locks, which belong to no workspace and are not among the contents. */
  async makeLockPlaces(): Promise<void> {
    const where = { LocationConstraint: fakeRegion } as const;
    await this.#s3.createBucket?.({ Bucket: lockPlace, CreateBucketConfiguration: where });
    const KeySchema = [{ AttributeName: "LockID", KeyType: "HASH" as const }];
    await this.fakes.dynamodb?.createTable?.({ TableName: lockPlace, KeySchema });
  }

  /** As somebody who uses a queue does. */
  async putMessage(queue: string): Promise<void> {
    const QueueUrl = `https://sqs.${fakeRegion}.amazonaws.com/${fakeAccountId}/${queue}`;
    await this.#sqs.sendMessage?.({ QueueUrl, MessageBody: "a message" });
  }

  /** What is there, by kind and name; of each, without what differs from one time to the next, a line. */
  contents(): ReadonlyMap<string, string> {
    const all = [
      ...this.#roles(),
      ...this.#functions(),
      ...this.#layers(),
      ...this.#queues(),
      ...this.#groups(),
      ...this.#buckets(),
    ];
    return new Map(all.map(({ name, what }) => [name, canonical(what)]));
  }

  /** By kind and name: how many versions of a function or a layer there are. */
  versions(): ReadonlyMap<string, number> {
    const functions = [...this.#lambda.functions].map(
      ([name, { versions }]) => [`function ${name}`, versions.length] as const,
    );
    const layers = [...this.#lambda.layers].map(
      ([name, { versions }]) => [`layer ${name}`, versions.length] as const,
    );
    return new Map([...functions, ...layers]);
  }

  /** What needs another to be there, and what that is; by kind and name. */
  needs(): readonly (readonly [user: string, needed: string])[] {
    const queues = [...this.#sqs.queues.values()].filter(
      ({ deletedAt }) => deletedAt === undefined,
    );
    return [
      ...[...this.#lambda.functions].flatMap(([name, { configuration }]) =>
        neededBy(configuration).map((needed) => [`function ${name}`, needed] as const),
      ),
      ...queues.flatMap(({ name, attributes: { RedrivePolicy = "" } }) =>
        queuesIn(RedrivePolicy).map((needed) => [`queue ${name}`, needed] as const),
      ),
    ];
  }

  #roles(): readonly Thing[] {
    return [...this.#iam.roles.values()].map(({ createdAt: _at, created: _created, ...role }) =>
      thing("role", role.name, {
        ...role,
        tags: sorted(role.tags),
        policies: sorted(role.policies),
        attached: [...role.attached].toSorted(),
        instanceProfiles: [...role.instanceProfiles],
      }),
    );
  }

  #functions(): readonly Thing[] {
    return [...this.#lambda.functions].map(([name, kept]) =>
      thing("function", name, {
        configuration: lasting(kept.configuration),
        tags: { ...kept.tags, [settledTag]: settledFor(kept) },
        concurrency: kept.concurrency,
        versions: kept.versions.map((version) => lasting(version)),
      }),
    );
  }

  #layers(): readonly Thing[] {
    return [...this.#lambda.layers]
      .filter(([, { versions }]) => versions.length > 0)
      .map(([name, { versions }]) =>
        thing(
          "layer",
          name,
          versions.map(({ answer: { CreatedDate: _date, ...version } }) => version),
        ),
      );
  }

  #queues(): readonly Thing[] {
    return [...this.#sqs.queues.values()]
      .filter(({ deletedAt }) => deletedAt === undefined)
      .map(({ name, attributes, tags }) =>
        thing("queue", name, { attributes, tags: sorted(tags) }),
      );
  }

  #groups(): readonly Thing[] {
    return [...this.#logs.groups.values()]
      .filter(({ name }) => !name.endsWith("-longer"))
      .map(({ tags, ...group }) =>
        thing("log group", group.name, { ...group, tags: sorted(tags) }),
      );
  }

  #buckets(): readonly Thing[] {
    return [...this.#s3.buckets]
      .filter(([name]) => name !== lockPlace)
      .flatMap(([bucket, { region, parts, objects, tags }]) => [
        thing("bucket", bucket, { region, parts: sorted(parts) }),
        ...[...objects].map(([name, object]) =>
          thing("file", `${bucket}/${name}`, { ...object, tags: tags.get(name) ?? [] }),
        ),
      ]);
  }
}

interface Thing {
  /** `queue jobs`. */
  readonly name: string;
  readonly what: unknown;
}

function thing(kind: string, name: string, what: unknown): Thing {
  return { name: `${kind} ${name}`, what };
}

function sorted(map: ReadonlyMap<string, unknown>): Readonly<Record<string, unknown>> {
  return Object.fromEntries([...map].toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

/** By kind and name. */
function neededBy({
  Role = "",
  Environment,
  DeadLetterConfig,
  LoggingConfig,
  Layers = [],
}: FunctionConfiguration): readonly string[] {
  const texts = [...Object.values(Environment?.Variables ?? {}), DeadLetterConfig?.TargetArn ?? ""];
  return [
    `role ${Role.split("/").at(-1) ?? ""}`,
    ...texts.flatMap(queuesIn),
    `log group ${LoggingConfig?.LogGroup ?? ""}`,
    ...Layers.map(({ Arn }) => `layer ${Arn?.split(":")[6] ?? ""}`),
  ];
}

/** By their addresses or ARNs. */
function queuesIn(text: string): readonly string[] {
  const found = text.matchAll(/(?:arn:aws:sqs:[^:]+:\d+:|https:\/\/sqs\.[^/]+\/\d+\/)([\w.-]+)/gu);
  return [...found].map(([, name]) => `queue ${name}`);
}

type Configuration = Parameters<typeof lasting>[0];

/** Without times, revisions, and the states on the way. */
function lasting({
  RevisionId: _revision,
  LastModified: _modified,
  State: _state,
  LastUpdateStatus: _status,
  ...configuration
}: {
  readonly RevisionId?: string | undefined;
  readonly LastModified?: string | undefined;
  readonly State?: unknown;
  readonly LastUpdateStatus?: unknown;
}): object {
  return configuration;
}

/** What the tag says, and whether that is true of the function as it is. */
function settledFor({
  tags,
  configuration,
}: {
  readonly tags: Readonly<Record<string, string>>;
  readonly configuration: Configuration;
}): string {
  const value = tags[settledTag] ?? "none";
  if (value === neverPublished) return value;
  return value.replace(configuration.LastModified ?? "?", "of what is there");
}
