/** What `addLambdaFunction` takes. */
import * as z from "zod/mini";
import { handleOr, orRef } from "../../core/input.ts";
import type { Resolved } from "../../core/ref.ts";
import { strictObject } from "../../core/strict-object.ts";
import { tagsArgument } from "../tags.ts";
import { codeSchema, s3FileSchema } from "./code-schema.ts";
import { environmentSchema } from "./environment-schema.ts";
import { layersSchema } from "./layer-use.ts";
import { runtimes } from "./runtimes.ts";

const arn = z.string().check(z.regex(/^arn:[^:]+:[^:]+:.+$/u, "must be an ARN (arn:aws:…)"));
const roleArn = z
  .string()
  .check(
    z.regex(/^arn:[^:]+:iam::\d{12}:role\/.+$/u, "must be a role's ARN (arn:aws:iam::…:role/…)"),
  );

export const functionSchema = strictObject({
  /**
   * 1–64 letters, digits, `-` and `_`.
   *
   * @source Lambda API, CreateFunction: FunctionName
   */
  name: z
    .string()
    .check(z.regex(/^[A-Za-z0-9_-]{1,64}$/u, "must be 1–64 letters, digits, - and _")),
  /**
   * Shown in the console and the API; Lambda itself does not use it. Default: none.
   *
   * @unit at most 256 characters
   * @source Lambda API, CreateFunction: Description
   */
  description: z._default(orRef(z.string().check(z.maxLength(256))), ""),
  /**
   * The role that Lambda assumes to run the function: a handle or an ARN.
   *
   * @source Lambda API, CreateFunction: Role
   */
  role: handleOr<typeof roleArn, { readonly Arn: string }>("aws.iam.role", "Arn", roleArn),
  /**
   * A zip: what a bundle's `addOutput` gives, or its bytes. For first demos also a JavaScript
   * function, sent as `main.mjs`, or a `` python`…` `` template, sent as `main.py`. This or `s3File`.
   *
   * @unit at most 50 MB directly, more through `artifactBucket`; 262,144,000 bytes unzipped
   * @source Lambda developer guide, "Lambda quotas"
   */
  code: z.optional(codeSchema),
  /**
   * A zip in S3: a handle from `addFile` or `getFile`, or `{ bucket, key, version }`. This or `code`.
   *
   * @source Lambda API, FunctionCode
   */
  s3File: z.optional(s3FileSchema),
  /**
   * What to call: `mymodule.myfunction` for Python and Node, `package.Class::method` or
   * `package.Class` for Java.
   *
   * @unit at most 128 characters
   * @source Lambda API, CreateFunction: Handler
   */
  handler: orRef(
    z.string().check(z.regex(/^\S{1,128}$/u, "must be 1–128 characters without spaces")),
  ),
  /**
   * Default: `python3.13`; `nodejs22.x` where `code` is a JavaScript function.
   *
   * @source Lambda developer guide, "Lambda runtimes"
   */
  runtime: z.optional(z.enum(runtimes)),
  /**
   * How long it may run before it is stopped. Default: 3.
   *
   * @unit s, 1–900
   * @source Lambda API, CreateFunction: Timeout
   */
  timeout: z._default(orRef(z.int().check(z.gte(1), z.lte(900))), 3),
  /**
   * CPU grows with it. Default: 128.
   *
   * @unit MB, 128–10,240
   * @source Lambda API, CreateFunction: MemorySize
   */
  memory: z._default(orRef(z.int().check(z.gte(128), z.lte(10_240))), 128),
  /**
   * Publish a version whenever code or configuration changed. Default: true.
   *
   * @source Lambda developer guide, "Lambda function versions"
   */
  publish: z._default(z.boolean(), true),
  /**
   * Environment variables; their values are never shown. Default: none.
   *
   * @unit at most 4 KB, names and values together
   * @source Lambda API, Environment
   */
  environment: z._default(environmentSchema, {}),
  /**
   * Default: `["x86_64"]`.
   *
   * @source Lambda API, CreateFunction: Architectures
   */
  architectures: z._default(z.tuple([z.enum(["x86_64", "arm64"])]), ["x86_64"]),
  /**
   * Layers in the order they are laid over each other: handles, which give their newest version, or
   * ARNs of layer versions. Default: none.
   *
   * @unit at most 5; 262,144,000 bytes unzipped together with `code`
   * @source Lambda API, CreateFunction: Layers
   */
  layers: z._default(layersSchema, []),
  /**
   * The size of `/tmp`. Default: 512.
   *
   * @unit MB, 512–10,240
   * @source Lambda API, EphemeralStorage
   */
  ephemeralStorage: z._default(orRef(z.int().check(z.gte(512), z.lte(10_240))), 512),
  /**
   * Subnets and security groups to run in, by id. Default: no VPC.
   *
   * @unit at most 16 subnets, 5 security groups
   * @source Lambda API, VpcConfig
   */
  vpc: z.optional(
    z.strictObject({
      subnetIds: orRef(z.array(orRef(z.string())).check(z.minLength(1), z.maxLength(16))),
      securityGroupIds: orRef(z.array(orRef(z.string())).check(z.minLength(1), z.maxLength(5))),
      ipv6: z._default(z.boolean(), false),
    }),
  ),
  /**
   * Where events go that an asynchronous call could not process: a queue's handle, or the ARN of a
   * queue or topic. Default: nowhere.
   *
   * @source Lambda API, DeadLetterConfig
   */
  deadLetter: z.optional(
    handleOr<typeof arn, { readonly QueueArn: string }>("aws.sqs.queue", "QueueArn", arn),
  ),
  /**
   * X-Ray: `Active` samples requests, `PassThrough` goes by the caller's header. Default: `PassThrough`.
   *
   * @source Lambda API, TracingConfig
   */
  tracing: z._default(z.enum(["Active", "PassThrough"]), "PassThrough"),
  /**
   * ARN of the KMS key for the environment. Default: AWS's own key.
   *
   * @source Lambda API, CreateFunction: KMSKeyArn
   */
  kmsKey: z.optional(orRef(arn)),
  /**
   * An EFS access point and where it appears (below `/mnt/`). Default: none.
   *
   * @source Lambda API, FileSystemConfig
   */
  fileSystem: z.optional(
    z.strictObject({
      arn: orRef(arn),
      mountPath: z.string().check(z.regex(/^\/mnt\/[\w.-]+$/u, "must be /mnt/ and a name")),
    }),
  ),
  /**
   * `PublishedVersions` starts versions from a snapshot. Default: `None`.
   *
   * @source Lambda API, SnapStart
   */
  snapStart: z._default(z.enum(["None", "PublishedVersions"]), "None"),
  /**
   * How it logs, and to which group. Levels go with `JSON` only. Default: `Text`, to
   * `/aws/lambda/` and the name.
   *
   * @source Lambda API, LoggingConfig
   */
  logging: z._default(
    z.strictObject({
      format: z._default(z.enum(["Text", "JSON"]), "Text"),
      applicationLevel: z.optional(z.enum(["TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL"])),
      systemLevel: z.optional(z.enum(["DEBUG", "INFO", "WARN"])),
      group: z.optional(
        orRef(z.string().check(z.regex(/^[\w/.#-]{1,512}$/u, "must be a log group's name"))),
      ),
    }),
    { format: "Text" },
  ),
  /**
   * How many copies may run at once, set aside for this function; 0 stops it. Default: none set aside.
   *
   * @source Lambda API, PutFunctionConcurrency
   */
  reservedConcurrency: z.optional(orRef(z.int().check(z.gte(0)))),
  /**
   * Tags; those on the function that are not named here are left alone.
   *
   * @unit at most 50
   * @source Lambda developer guide, "Using tags on Lambda functions"
   */
  tags: tagsArgument,
  /**
   * How many of the newest versions to keep when one is published; those that an alias names stay
   * in any case. Default: all.
   *
   * @unit versions, 1 or more
   * @source Lambda API, DeleteFunction: Qualifier
   */
  keepVersions: z.optional(z.int().check(z.gte(1))),
});

/** The arguments with refs replaced. */
export type FunctionWant = Resolved<z.output<typeof functionSchema>>;
