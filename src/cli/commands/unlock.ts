import { ask, requireAnswer } from "../confirm.ts";
import { exitCodes } from "../exit.ts";
import type { Call } from "../option.ts";
import { toStderr, toStdout } from "../output.ts";
import { openSession } from "../session.ts";

/** Show who holds the locks of the workspace, ask, and take them away. */
export async function unlock({ values }: Call): Promise<number> {
  const yes = values.flag("yes");
  requireAnswer("unlock", yes);
  const { workspace, runtime, renderer } = await openSession(values, { making: false });
  try {
    const { findLocks } = await import("../../operations/workspace-locks.ts");
    const locks = await findLocks(workspace, runtime);
    renderer.pause();
    if (locks.length === 0)
      toStderr(
        `Nothing to unlock: ${values.flag("local") ? "--local takes no lock" : "no addAws of the Touchdownfile has a lock"}.\n`,
      );
    for (const { label, holder, release } of locks) {
      if (holder === undefined) toStdout(`${label} is free\n`);
      else {
        toStdout(`${label} is held by ${holder}\n`);
        const answer = yes
          ? "yes"
          : await ask("Take it away? That run then stops.", runtime.signal);
        if (answer === "interrupted") return exitCodes.interrupted;
        if (answer === "no") return exitCodes.couldNot;
        const was = await release();
        toStdout(`${label} ${was ? "is free now" : "was given back meanwhile"}\n`);
      }
    }
    return exitCodes.done;
  } finally {
    renderer.end();
  }
}
