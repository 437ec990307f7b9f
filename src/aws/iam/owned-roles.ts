/** The roles of a workspace: the tagging API does not know IAM's, and ListRoles shows no tags. */
import type { Owned } from "../../core/owned.ts";
import type { AwsContext } from "../context.ts";
import { AwsError } from "../aws-error.ts";
import { ownerTag, tagsOfList } from "../tags.ts";
import { allRoleDetails } from "./roles-read.ts";

/** Their names. Where these credentials may not list them: none, and a warning. */
export async function ownedRoles(context: AwsContext, owned: Owned): Promise<readonly string[]> {
  try {
    return await rolesOf(context, owned);
  } catch (error) {
    if (!(error instanceof AwsError) || error.code !== "ACCESS_DENIED") throw error;
    const message = `roles that are no longer declared were not looked for: ${error.message}`;
    const hint = error.hint === undefined ? "" : `; ${error.hint}`;
    context.runtime.emit({ type: "warning", message: `${message}${hint}` });
    return [];
  }
}

async function rolesOf(context: AwsContext, owned: Owned): Promise<readonly string[]> {
  const roles = await allRoleDetails(context, owned);
  return roles.flatMap(({ RoleName = "", Tags }) =>
    tagsOfList(Tags)[ownerTag] === owned.owner ? [RoleName] : [],
  );
}
