import { TouchdownError } from "../../errors.ts";
import type { LockedSource } from "./locked.ts";

type VcsSource = Extract<LockedSource, { kind: "vcs" }>;

/**
 * @param options.place  for messages
 * @throws LOCK_FORMAT where the type is unknown, there is no url, or the commit could move
 */
export function vcsSource(options: {
  readonly type: string;
  readonly url: string | undefined;
  readonly commit: string;
  readonly subdirectory?: string | undefined;
  readonly place: string;
}): VcsSource {
  const { type, url, commit, subdirectory, place } = options;
  const refuse = (problem: string): TouchdownError =>
    new TouchdownError("LOCK_FORMAT", `${place}: ${problem}`);
  if (type !== "git" && type !== "hg" && type !== "svn" && type !== "bzr")
    throw refuse(`${JSON.stringify(type)} is not git, hg, svn or bzr`);
  if (url === undefined) throw refuse("there is neither url nor path");
  // a short hash may become ambiguous, and a branch or tag moves
  const exact = type === "git" || type === "hg" ? /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/ : /^[0-9]+$|@/;
  if (!exact.test(commit)) throw refuse(`${JSON.stringify(commit)} is not a whole commit`);
  return {
    kind: "vcs",
    type,
    url,
    commit,
    ...(subdirectory === undefined ? {} : { subdirectory }),
  };
}
