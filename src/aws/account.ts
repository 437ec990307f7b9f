/** An AWS account and region, as a Touchdownfile declares resources in it. */
import type { Adder, Getter } from "../core/adder.ts";
import { AccountBase } from "./account-base.ts";
import { role } from "./iam/role.ts";
import { lambdaFunction } from "./lambda/function.ts";
import { layer } from "./lambda/layer.ts";
import { logGroup } from "./logs/log-group.ts";
import { queue } from "./sqs/queue.ts";
import { bucket } from "./s3/bucket.ts";
import { file } from "./s3/file.ts";

export class AwsAccount extends AccountBase {
  readonly addLambdaFunction: Adder<typeof lambdaFunction> = this.add(() => lambdaFunction);
  readonly getLambdaFunction: Getter<typeof lambdaFunction> = this.get(() => lambdaFunction);
  readonly addLayer: Adder<typeof layer> = this.add(() => layer);
  readonly getLayer: Getter<typeof layer> = this.get(() => layer);
  readonly addRole: Adder<typeof role> = this.add(() => role);
  readonly getRole: Getter<typeof role> = this.get(() => role);
  readonly addQueue: Adder<typeof queue> = this.add(() => queue);
  readonly getQueue: Getter<typeof queue> = this.get(() => queue);
  readonly addBucket: Adder<typeof bucket> = this.add(() => bucket);
  readonly getBucket: Getter<typeof bucket> = this.get(() => bucket);
  readonly addLogGroup: Adder<typeof logGroup> = this.add(() => logGroup);
  readonly getLogGroup: Getter<typeof logGroup> = this.get(() => logGroup);
  readonly addFile: Adder<typeof file> = this.add(() => file);
  readonly getFile: Getter<typeof file> = this.get(() => file);
}
