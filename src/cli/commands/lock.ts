import { toStderr, toStdout } from "../output.ts";
import { exitCodes } from "../exit.ts";
import type { Call } from "../option.ts";
import { openSession } from "../session.ts";

/** The path of each lock on stdout; what became of it, on stderr. */
export async function lock({ operands, values }: Call): Promise<number> {
  const { graph, runtime, renderer } = await openSession(values, { making: false });
  const { lockPackages } = await import("../../operations/locks.ts");
  const check = values.flag("check");
  const names = values
    .text("upgrade")
    ?.split(",")
    .map((name) => name.trim());
  const upgrade = names ?? (values.flag("upgrade") ? true : undefined);
  const locks = await lockPackages(graph, {
    runtime,
    names: operands,
    check,
    ...(upgrade === undefined ? {} : { upgrade }),
  }).finally(() => renderer.end());
  for (const { path } of locks) toStdout(`${path}\n`);
  for (const { name, what } of locks) toStderr(`${name}: ${what}\n`);
  if (locks.length === 0) toStderr("Nothing to lock: no package needs a lock of ours.\n");
  const undone = locks.some(({ current }) => !current);
  return undone ? exitCodes.couldNot : exitCodes.done;
}
