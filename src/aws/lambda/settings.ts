/** A function's configuration, argument by argument: as declared, as AWS has it, as AWS takes it. */
import type {
  FunctionConfiguration,
  UpdateFunctionConfigurationRequest,
  VpcConfigResponse,
} from "@aws-sdk/client-lambda";
import { unlessSuspended } from "../../core/want.ts";
import { TouchdownError } from "../../errors.ts";
import type { FunctionWant } from "./function-schema.ts";
import { isInline } from "./inline-code.ts";
import { layerArnOf } from "./layer-use.ts";
import { defaultRuntimes } from "./runtimes.ts";
import type { RuntimeName } from "./runtimes.ts";

/** `Value` in our words; what AWS leaves out is its default. */
interface Setting<Value> {
  readonly want: (want: FunctionWant) => Value;
  readonly have: (configuration: FunctionConfiguration) => Value;
  readonly put: (value: Value) => Partial<UpdateFunctionConfigurationRequest>;
}

export type SettingName = keyof typeof settings;

/** For a value that may be left out: `none` reads well in a plan, and is never an ARN. */
const none = "none";

export function runtimeOf(want: FunctionWant): RuntimeName {
  if (want.runtime !== undefined) return want.runtime;
  // Code that is not known yet comes from elsewhere: it is no function of the Touchdownfile.
  const code = unlessSuspended(() => want.code);
  const inline = code.known && code.value !== undefined && isInline(code.value);
  return inline && code.value.inline.language === "javascript"
    ? defaultRuntimes.javascript
    : defaultRuntimes.python;
}

/** Only for its type: all of `settings` have one. */
function setting<Value>(parts: Setting<Value>): Setting<Value> {
  return parts;
}

export const settings = {
  role: setting<string | undefined>({
    want: ({ role }) => role,
    have: ({ Role }) => Role,
    put: (Role) => ({ Role }),
  }),
  handler: setting<string | undefined>({
    want: ({ handler }) => handler,
    have: ({ Handler }) => Handler,
    put: (Handler) => ({ Handler }),
  }),
  runtime: setting<RuntimeName | undefined>({
    want: runtimeOf,
    have: ({ Runtime }) => Runtime as RuntimeName | undefined,
    put: (Runtime) => ({ Runtime }),
  }),
  description: setting({
    want: ({ description }) => description,
    have: ({ Description }) => Description ?? "",
    put: (Description) => ({ Description }),
  }),
  timeout: setting({
    want: ({ timeout }) => timeout,
    have: ({ Timeout }) => Timeout ?? 3,
    put: (Timeout) => ({ Timeout }),
  }),
  memory: setting({
    want: ({ memory }) => memory,
    have: ({ MemorySize }) => MemorySize ?? 128,
    put: (MemorySize) => ({ MemorySize }),
  }),
  environment: setting<Readonly<Record<string, string>>>({
    want: ({ environment }) => environment,
    have: environmentOf,
    put: (Variables) => ({ Environment: { Variables } }),
  }),
  layers: setting<readonly string[]>({
    want: ({ layers }) => layers.map(layerArnOf),
    have: ({ Layers = [] }) => Layers.flatMap(({ Arn }) => Arn ?? []),
    put: (Layers) => ({ Layers: [...Layers] }),
  }),
  ephemeralStorage: setting({
    want: ({ ephemeralStorage }) => ephemeralStorage,
    have: ({ EphemeralStorage }) => EphemeralStorage?.Size ?? 512,
    put: (Size) => ({ EphemeralStorage: { Size } }),
  }),
  vpc: setting<Vpc>({
    want: ({ vpc }) => sortedVpc(vpc ?? { subnetIds: [], securityGroupIds: [], ipv6: false }),
    have: ({ VpcConfig }) => vpcOf(VpcConfig),
    put: ({ subnetIds, securityGroupIds, ipv6 }) => ({
      VpcConfig: {
        SubnetIds: [...subnetIds],
        SecurityGroupIds: [...securityGroupIds],
        Ipv6AllowedForDualStack: ipv6,
      },
    }),
  }),
  deadLetter: setting({
    want: ({ deadLetter }) => deadLetter ?? none,
    have: ({ DeadLetterConfig }) => DeadLetterConfig?.TargetArn || none,
    put: (arn) => ({ DeadLetterConfig: { TargetArn: orEmpty(arn) } }),
  }),
  tracing: setting({
    want: ({ tracing }) => tracing,
    have: ({ TracingConfig }) => TracingConfig?.Mode ?? "PassThrough",
    put: (Mode) => ({ TracingConfig: { Mode } }),
  }),
  kmsKey: setting({
    want: ({ kmsKey }) => kmsKey ?? none,
    have: ({ KMSKeyArn }) => KMSKeyArn || none,
    put: (arn) => ({ KMSKeyArn: orEmpty(arn) }),
  }),
  fileSystem: setting({
    want: ({ fileSystem }) => fileSystem ?? { arn: none, mountPath: none },
    have: ({ FileSystemConfigs: [first] = [] }) => ({
      arn: first?.Arn ?? none,
      mountPath: first?.LocalMountPath ?? none,
    }),
    put: ({ arn, mountPath }) => ({
      FileSystemConfigs: arn === none ? [] : [{ Arn: arn, LocalMountPath: mountPath }],
    }),
  }),
  snapStart: setting({
    want: ({ snapStart }) => snapStart,
    have: ({ SnapStart }) => SnapStart?.ApplyOn ?? "None",
    put: (ApplyOn) => ({ SnapStart: { ApplyOn } }),
  }),
  logging: setting<Logging>({
    want: ({ name, logging }) => completeLogging(name, logging),
    have: ({ FunctionName = "", LoggingConfig = {} }) =>
      completeLogging(FunctionName, {
        format: LoggingConfig.LogFormat,
        applicationLevel: LoggingConfig.ApplicationLogLevel,
        systemLevel: LoggingConfig.SystemLogLevel,
        group: LoggingConfig.LogGroup,
      }),
    put: ({ format, applicationLevel, systemLevel, group }) => ({
      LoggingConfig: {
        LogFormat: format,
        LogGroup: group,
        ...(applicationLevel === undefined ? {} : { ApplicationLogLevel: applicationLevel }),
        ...(systemLevel === undefined ? {} : { SystemLogLevel: systemLevel }),
      },
    }),
  }),
};

export const settingNames = Object.keys(settings) as readonly SettingName[];

/** What AWS is to be asked for. */
export function requestOf(
  want: FunctionWant,
  names: readonly SettingName[],
): Partial<UpdateFunctionConfigurationRequest> {
  const parts = names.map((name) => {
    // Each setting takes what it gave: TypeScript can't follow that through the union.
    const { want: wanted, put } = settings[name] as Setting<unknown>;
    return put(wanted(want));
  });
  return Object.assign({}, ...parts) as Partial<UpdateFunctionConfigurationRequest>;
}

interface Vpc {
  readonly subnetIds: readonly string[];
  readonly securityGroupIds: readonly string[];
  readonly ipv6: boolean;
}

function vpcOf(config: VpcConfigResponse = {}): Vpc {
  return sortedVpc({
    subnetIds: config.SubnetIds ?? [],
    securityGroupIds: config.SecurityGroupIds ?? [],
    ipv6: config.Ipv6AllowedForDualStack ?? false,
  });
}

function sortedVpc({ subnetIds, securityGroupIds, ipv6 }: Vpc): Vpc {
  return {
    subnetIds: subnetIds.toSorted(),
    securityGroupIds: securityGroupIds.toSorted(),
    ipv6,
  };
}

type Logging = Required<Pick<LoggingArguments, "format" | "group">> & LoggingArguments;
type LoggingArguments = {
  readonly [Key in keyof FunctionWant["logging"]]?: FunctionWant["logging"][Key] | undefined;
};

/** Levels exist with JSON only, and are INFO there. */
function completeLogging(name: string, given: LoggingArguments): Logging {
  const { format = "Text", group = `/aws/lambda/${name}` } = given;
  if (format === "Text") return { format, group };
  const { applicationLevel = "INFO", systemLevel = "INFO" } = given;
  return { format, group, applicationLevel, systemLevel };
}

/** @throws ACCESS_DENIED where AWS could not decrypt them: no guess is made at what they are */
function environmentOf({ Environment }: FunctionConfiguration): Readonly<Record<string, string>> {
  if (Environment?.Error !== undefined) {
    const reason = Environment.Error.Message ?? Environment.Error.ErrorCode ?? "no reason given";
    throw new TouchdownError(
      "ACCESS_DENIED",
      `the function's environment can't be read: ${reason.replace(/\.$/u, "")}`,
      { hint: "allow kms:Decrypt on the function's key to these credentials" },
    );
  }
  return Environment?.Variables ?? {};
}

function orEmpty(arn: string): string {
  return arn === none ? "" : arn;
}
