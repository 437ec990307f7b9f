/** An AWS account and region, as a Touchdownfile declares resources in it. */
import { AccountBase } from "./account-base.ts";

export class AwsAccount extends AccountBase {}
