/** What Lambda makes of the code and the settings it is given. */
import { createHash } from "node:crypto";
import type {
  CreateFunctionRequest,
  FunctionCode,
  FunctionConfiguration,
  UpdateFunctionConfigurationRequest,
} from "@aws-sdk/client-lambda";
import { canonical } from "../../../src/core/canonical.ts";
import { fakeAccountId, fakeRegion, Refusal } from "./fake-service.ts";

type Given = Partial<
  Omit<CreateFunctionRequest & UpdateFunctionConfigurationRequest, "Code" | "FunctionName">
>;

/** What AWS reports of what it was given: what is empty is left out, what is derived filled in. */
export function settingsOf(name: string, given: Given): Partial<FunctionConfiguration> {
  const { VpcConfig, DeadLetterConfig, Environment, KMSKeyArn, Layers, FileSystemConfigs } = given;
  const {
    LoggingConfig,
    SnapStart,
    Tags: _tags,
    Architectures,
    ...plain
  } = given as Given & { Tags?: unknown };
  const made: Partial<FunctionConfiguration> = { ...(plain as Partial<FunctionConfiguration>) };
  if (Architectures !== undefined) made.Architectures = Architectures;
  if (VpcConfig !== undefined) {
    made.VpcConfig = { ...VpcConfig, VpcId: VpcConfig.SubnetIds?.length ? "vpc-1" : "" };
  }
  if (DeadLetterConfig !== undefined)
    made.DeadLetterConfig = DeadLetterConfig.TargetArn ? DeadLetterConfig : undefined;
  if (Environment !== undefined) {
    const { Variables = {} } = Environment;
    made.Environment = Object.keys(Variables).length === 0 ? undefined : { Variables };
  }
  if (KMSKeyArn !== undefined) made.KMSKeyArn = KMSKeyArn === "" ? undefined : KMSKeyArn;
  if (Layers !== undefined)
    made.Layers = Layers.length === 0 ? undefined : Layers.map((Arn) => ({ Arn, CodeSize: 1 }));
  if (FileSystemConfigs !== undefined)
    made.FileSystemConfigs = FileSystemConfigs.length === 0 ? undefined : FileSystemConfigs;
  if (SnapStart !== undefined)
    made.SnapStart = { ApplyOn: SnapStart.ApplyOn, OptimizationStatus: "Off" };
  if (LoggingConfig !== undefined) made.LoggingConfig = loggingOf(name, LoggingConfig);
  return made;
}

function loggingOf(name: string, given: NonNullable<FunctionConfiguration["LoggingConfig"]>) {
  const LogGroup = given.LogGroup ?? `/aws/lambda/${name}`;
  if (given.LogFormat !== "JSON") return { LogFormat: "Text" as const, LogGroup };
  return {
    ApplicationLogLevel: "INFO" as const,
    SystemLogLevel: "INFO" as const,
    ...given,
    LogGroup,
  };
}

/** @param objects  in S3, by `bucket/key` */
export function codeOf(
  objects: ReadonlyMap<string, Uint8Array>,
  code: FunctionCode,
): { CodeSha256: string; CodeSize: number } {
  const { ZipFile, S3Bucket, S3Key } = code;
  const bytes = ZipFile ?? objects.get(`${S3Bucket}/${S3Key}`);
  if (bytes === undefined) {
    throw new Refusal(
      "InvalidParameterValueException",
      "Error occurred while GetObject. S3 Error Code: NoSuchKey. S3 Error Message: The specified key does not exist.",
    );
  }
  if (Buffer.from(bytes).readUInt16LE(0) !== 0x4b50) {
    throw new Refusal(
      "InvalidParameterValueException",
      "Could not unzip uploaded file. Please check your file, then try to upload again.",
    );
  }
  const CodeSha256 = createHash("sha256").update(bytes).digest("base64");
  return { CodeSha256, CodeSize: bytes.length };
}

/** @param roles  those that can be assumed; default: every one */
export function checkRole(
  roles: Pick<ReadonlySet<string>, "has"> | undefined,
  role: string | undefined,
): void {
  if (role === undefined || roles === undefined || roles.has(role)) return;
  throw new Refusal(
    "InvalidParameterValueException",
    "The role defined for the function cannot be assumed by Lambda.",
  );
}

/** AWS's defaults. */
export function initial(name: string): FunctionConfiguration {
  return {
    FunctionName: name,
    FunctionArn: `arn:aws:lambda:${fakeRegion}:${fakeAccountId}:function:${name}`,
    Version: "$LATEST",
    PackageType: "Zip",
    Description: "",
    Timeout: 3,
    MemorySize: 128,
    TracingConfig: { Mode: "PassThrough" },
    Architectures: ["x86_64"],
    EphemeralStorage: { Size: 512 },
    SnapStart: { ApplyOn: "None", OptimizationStatus: "Off" },
    LoggingConfig: { LogFormat: "Text", LogGroup: `/aws/lambda/${name}` },
  };
}

/** What makes one version another than the one before. */
export function content(configuration: FunctionConfiguration): string {
  const { Version: _v, FunctionArn: _a, RevisionId: _r, LastModified: _l, ...rest } = configuration;
  return canonical(rest);
}
