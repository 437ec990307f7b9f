/** Lifecycle rules: as declared, as S3 has them, and in one form in which both are compared. */
import type {
  LifecycleRule,
  LifecycleRuleFilter,
  TransitionStorageClass,
} from "@aws-sdk/client-s3";
import * as z from "zod";

const days = z.int().min(1);

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
  days: z.int().min(0),
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
  id: z.string().min(1).max(255),
  /** Default: true. */
  enabled: z.boolean().default(true),
  /** Only files whose name begins so. Default: all. */
  prefix: z.string().max(1024).default(""),
  /** Only files with these tags. Default: all. */
  tags: z.record(z.string().min(1).max(128), z.string().max(256)).default({}),
  /** @unit bytes */
  sizeGreaterThan: z.int().min(1).optional(),
  /** @unit bytes */
  sizeLessThan: z.int().min(1).optional(),
  /** Delete files of this age. @unit days */
  expirationDays: days.optional(),
  /** Remove delete markers behind which no version is left. Default: false. */
  expiredDeleteMarkers: z.boolean().default(false),
  /** Move files of this age. */
  transitions: z.array(transition).default([]),
  /** Delete versions that were replaced this long ago. @unit days */
  noncurrentExpirationDays: days.optional(),
  /** How many replaced versions are kept all the same. @unit 1–100 */
  noncurrentVersionsKept: z.int().min(1).max(100).optional(),
  /** Move versions that were replaced this long ago. */
  noncurrentTransitions: z.array(transition).default([]),
  /** Drop uploads in parts that were begun this long ago and not ended. @unit days */
  abortUploadsDays: days.optional(),
});

export const lifecycleSchema = z
  .array(lifecycleRule)
  .max(1000)
  .superRefine((rules, context) => {
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
  });

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
