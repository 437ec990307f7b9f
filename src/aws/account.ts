/** An AWS account and region, as a Touchdownfile declares resources in it. */
import type { Adder, Getter } from "../core/adder.ts";
import { AccountBase } from "./account-base.ts";
import { role } from "./iam/role.ts";

export class AwsAccount extends AccountBase {
  readonly addRole: Adder<typeof role> = this.add(role);
  readonly getRole: Getter<typeof role> = this.get(role);
}
