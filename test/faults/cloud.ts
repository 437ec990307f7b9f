/** A whole AWS in memory, with its ordinary delays, and a list of what is in it. */
import { canonical } from "../../src/core/canonical.ts";
import { neverPublished, settledTag } from "../../src/aws/lambda/published.ts";
import { fakeAccountId } from "../contract/fake/fake-service.ts";
import type { Fakes } from "../contract/fake/fake-service.ts";
import { fakeIam } from "../contract/fake/iam.ts";
import { fakeLambda } from "../contract/fake/lambda.ts";
import { fakeLogs } from "../contract/fake/logs.ts";
import { fakeS3 } from "../contract/fake/s3.ts";
import { fakeSqs } from "../contract/fake/sqs.ts";
import { taggedIn } from "../contract/fake/tagged.ts";
import { fakeTagging } from "../contract/fake/tagging.ts";
import { EventClock } from "../support/event-clock.ts";

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
    tagging: fakeTagging(() => taggedIn(this.fakes)),
  };

  #isAssumable(arn: string): boolean {
    return [...this.#iam.roles.values()].some(
      ({ name, path, createdAt }) =>
        arn === `arn:aws:iam::${fakeAccountId}:role${path}${name}` &&
        this.clock.now() >= createdAt + roleUnknownMs,
    );
  }

  /** One line for each thing that is there, without what differs from one time to the next. */
  contents(): readonly string[] {
    return [
      ...this.#roles(),
      ...this.#functions(),
      ...this.#layers(),
      ...this.#queues(),
      ...this.#groups(),
      ...this.#buckets(),
    ].toSorted();
  }

  #roles(): readonly string[] {
    return [...this.#iam.roles.values()].map(({ createdAt: _at, created: _created, ...role }) =>
      line("role", role.name, {
        ...role,
        tags: sorted(role.tags),
        policies: sorted(role.policies),
        attached: [...role.attached].toSorted(),
        instanceProfiles: [...role.instanceProfiles],
      }),
    );
  }

  #functions(): readonly string[] {
    return [...this.#lambda.functions].map(([name, kept]) =>
      line("function", name, {
        configuration: lasting(kept.configuration),
        tags: { ...kept.tags, [settledTag]: settledFor(kept) },
        concurrency: kept.concurrency,
        versions: kept.versions.map((version) => lasting(version)),
      }),
    );
  }

  #layers(): readonly string[] {
    return [...this.#lambda.layers]
      .filter(([, { versions }]) => versions.length > 0)
      .map(([name, { versions }]) =>
        line(
          "layer",
          name,
          versions.map(({ answer: { CreatedDate: _date, ...version } }) => version),
        ),
      );
  }

  #queues(): readonly string[] {
    return [...this.#sqs.queues.values()]
      .filter(({ deletedAt }) => deletedAt === undefined)
      .map(({ name, attributes, tags }) => line("queue", name, { attributes, tags: sorted(tags) }));
  }

  #groups(): readonly string[] {
    return [...this.#logs.groups.values()]
      .filter(({ name }) => !name.endsWith("-longer"))
      .map(({ tags, ...group }) => line("log group", group.name, { ...group, tags: sorted(tags) }));
  }

  #buckets(): readonly string[] {
    return [...this.#s3.buckets].map(([name, { region, parts, objects }]) =>
      line("bucket", name, { region, parts: sorted(parts), objects: sorted(objects) }),
    );
  }
}

function line(kind: string, name: string, what: unknown): string {
  return `${kind} ${name}: ${canonical(what)}`;
}

function sorted(map: ReadonlyMap<string, unknown>): Readonly<Record<string, unknown>> {
  return Object.fromEntries([...map].toSorted(([a], [b]) => (a < b ? -1 : 1)));
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
