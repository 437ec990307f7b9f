/** Lifecycle rules: as declared, as S3 has them, and in one form in which both are compared. */
import type {
  LifecycleRule,
  LifecycleRuleFilter,
  TransitionStorageClass,
} from "@aws-sdk/client-s3";
import * as z from "zod/mini";

const days = z.int().check(z.gte(1));

const storageClasses = [
  "STANDARD_IA",
  "ONEZONE_IA",
  "INTELLIGENT_TIERING",
  "GLACIER_IR",
  "GLACIER",
  "DEEP_ARCHIVE",
] as const satisfies readonly TransitionStorageClass[];

const transition = z.strictObject({
  /** @unit days after creation */
  days: z.int().check(z.gte(0)),
  /** @source S3 API, Transition: StorageClass */
  storageClass: z.enum(storageClasses),
});

/**
 * One rule.
 *
 * @source S3 API, LifecycleRule
 */
const lifecycleRule = z.strictObject({
  /** Tells the rules apart: 1–255 characters. */
  id: z.string().check(z.minLength(1), z.maxLength(255)),
  /** Default: true. */
  enabled: z._default(z.boolean(), true),
  /** Only files whose name begins so. Default: all. */
  prefix: z._default(z.string().check(z.maxLength(1024)), ""),
  /** Only files with these tags. Default: all. */
  tags: z._default(
    z.record(
      z.string().check(z.minLength(1), z.maxLength(128)),
      z.string().check(z.maxLength(256)),
    ),
    {},
  ),
  /** @unit bytes */
  sizeGreaterThan: z.optional(z.int().check(z.gte(1))),
  /** @unit bytes */
  sizeLessThan: z.optional(z.int().check(z.gte(1))),
  /** Delete files of this age. @unit days */
  expirationDays: z.optional(days),
  /** Remove delete markers behind which no version is left. Default: false. */
  expiredDeleteMarkers: z._default(z.boolean(), false),
  /** Move files of this age. */
  transitions: z._default(z.array(transition), []),
  /** Delete versions that were replaced this long ago. @unit days */
  noncurrentExpirationDays: z.optional(days),
  /** How many replaced versions are kept all the same. @unit 1–100 */
  noncurrentVersionsKept: z.optional(z.int().check(z.gte(1), z.lte(100))),
  /** Move versions that were replaced this long ago. */
  noncurrentTransitions: z._default(z.array(transition), []),
  /** Drop uploads in parts that were begun this long ago and not ended. @unit days */
  abortUploadsDays: z.optional(days),
});

export const lifecycleSchema = z.array(lifecycleRule).check(
  z.maxLength(1000),
  z.superRefine((rules, context) => {
    const seen = new Set<string>();
    for (const [index, { id, ...rule }] of rules.entries()) {
      const issue = (message: string) =>
        context.addIssue({ code: "custom", path: [index], message });
      if (seen.has(id)) issue(`has the id "${id}" of a rule before it`);
      seen.add(id);
      if (!doesSomething(rule))
        issue(`"${id}" does nothing: give it an expiration or a transition`);
      if (rule.expiredDeleteMarkers && rule.expirationDays !== undefined) {
        issue(`"${id}" has both expirationDays and expiredDeleteMarkers: S3 takes one of them`);
      }
      if (
        rule.noncurrentVersionsKept !== undefined &&
        rule.noncurrentExpirationDays === undefined
      ) {
        issue(`"${id}" has noncurrentVersionsKept without noncurrentExpirationDays`);
      }
    }
  }),
);

type Rule = z.output<typeof lifecycleRule>;

function doesSomething(rule: Omit<Rule, "id">): boolean {
  return (
    rule.expirationDays !== undefined ||
    rule.expiredDeleteMarkers ||
    rule.transitions.length > 0 ||
    rule.noncurrentExpirationDays !== undefined ||
    rule.noncurrentTransitions.length > 0 ||
    rule.abortUploadsDays !== undefined
  );
}

/** Rules as plain values; the engine's resolved arguments are read-only all the way down. */
type ReadonlyDeep<T> = T extends object ? { readonly [K in keyof T]: ReadonlyDeep<T[K]> } : T;
export type DeclaredRule = ReadonlyDeep<Rule>;

/** By id, in S3's form, without what means nothing. */
export function comparableRules(
  rules: readonly LifecycleRule[],
): Readonly<Record<string, LifecycleRule>> {
  return Object.fromEntries(rules.map((rule) => [rule.ID ?? "", comparableRule(rule)]));
}

function comparableRule(rule: LifecycleRule): LifecycleRule {
  const { ID: _id, Prefix, Filter, Transitions, NoncurrentVersionTransitions, ...rest } = rule;
  const { Date: on, Days, ExpiredObjectDeleteMarker: markers } = rest.Expiration ?? {};
  return {
    ...rest,
    Filter: comparableFilter({ ...(Prefix === undefined ? {} : { Prefix }), ...Filter }),
    ...(rest.Expiration === undefined
      ? {}
      : {
          Expiration: {
            ...(on === undefined ? {} : { Date: on }),
            ...(Days === undefined || Days === 0 ? {} : { Days }),
            ...(markers === true ? { ExpiredObjectDeleteMarker: markers } : {}),
          },
        }),
    ...(Transitions?.length ? { Transitions } : {}),
    ...(NoncurrentVersionTransitions?.length ? { NoncurrentVersionTransitions } : {}),
  };
}

/** All conditions in one list, whether S3 has them under `And` or not; more than 0 bytes is any size. */
function comparableFilter({ And, Tag, ...single }: LifecycleRuleFilter): LifecycleRuleFilter {
  const all = { ...single, ...And };
  const tags = [...(Tag === undefined ? [] : [Tag]), ...(And?.Tags ?? [])];
  return {
    ...(all.Prefix ? { Prefix: all.Prefix } : {}),
    ...(all.ObjectSizeGreaterThan ? { ObjectSizeGreaterThan: all.ObjectSizeGreaterThan } : {}),
    ...(all.ObjectSizeLessThan ? { ObjectSizeLessThan: all.ObjectSizeLessThan } : {}),
    ...(tags.length === 0
      ? {}
      : { And: { Tags: tags.toSorted((a, b) => ((a.Key ?? "") < (b.Key ?? "") ? -1 : 1)) } }),
  };
}

/** A declared rule in S3's form. */
export function s3Rule(rule: DeclaredRule): LifecycleRule {
  const { expirationDays, noncurrentExpirationDays, abortUploadsDays } = rule;
  return {
    ID: rule.id,
    Status: rule.enabled ? "Enabled" : "Disabled",
    Filter: s3Filter(rule),
    ...(expirationDays === undefined ? {} : { Expiration: { Days: expirationDays } }),
    ...(rule.expiredDeleteMarkers ? { Expiration: { ExpiredObjectDeleteMarker: true } } : {}),
    ...(rule.transitions.length === 0
      ? {}
      : {
          Transitions: rule.transitions.map(({ days: Days, storageClass: StorageClass }) => ({
            Days,
            StorageClass,
          })),
        }),
    ...(noncurrentExpirationDays === undefined
      ? {}
      : {
          NoncurrentVersionExpiration: {
            NoncurrentDays: noncurrentExpirationDays,
            ...(rule.noncurrentVersionsKept === undefined
              ? {}
              : { NewerNoncurrentVersions: rule.noncurrentVersionsKept }),
          },
        }),
    ...(rule.noncurrentTransitions.length === 0
      ? {}
      : {
          NoncurrentVersionTransitions: rule.noncurrentTransitions.map((each) => ({
            NoncurrentDays: each.days,
            StorageClass: each.storageClass,
          })),
        }),
    ...(abortUploadsDays === undefined
      ? {}
      : { AbortIncompleteMultipartUpload: { DaysAfterInitiation: abortUploadsDays } }),
  };
}

/** S3 takes one condition by itself, more only under `And`. */
function s3Filter(rule: DeclaredRule): LifecycleRuleFilter {
  const tags = Object.entries(rule.tags).map(([Key, Value]) => ({ Key, Value }));
  const sizes = {
    ...(rule.sizeGreaterThan === undefined ? {} : { ObjectSizeGreaterThan: rule.sizeGreaterThan }),
    ...(rule.sizeLessThan === undefined ? {} : { ObjectSizeLessThan: rule.sizeLessThan }),
  };
  const prefix = rule.prefix === "" ? {} : { Prefix: rule.prefix };
  const conditions = Object.keys(prefix).length + Object.keys(sizes).length + tags.length;
  if (conditions > 1) {
    return { And: { ...prefix, ...sizes, ...(tags.length === 0 ? {} : { Tags: tags }) } };
  }
  const [tag] = tags;
  if (conditions === 0) return { Prefix: "" };
  return tag === undefined ? { ...prefix, ...sizes } : { Tag: tag };
}
