/** A command that runs where its looks say that it should. */
import * as z from "zod/mini";
import { defineResource } from "../core/define.ts";
import type { Field } from "../core/define.ts";
import { orRef } from "../core/input.ts";
import { strictObject } from "../core/strict-object.ts";
import { reasonToRun, stillDue } from "./command-looks.ts";
import type { Reason } from "./command-looks.ts";
import { commandStep } from "./command-step.ts";
import { runCommand } from "./run-command.ts";
import { pathSchema } from "./path-schema.ts";
import type { StepContext } from "./step-context.ts";

interface ExecuteHave {
  /** Why it should run; `undefined` if it should not. */
  readonly because: Reason | undefined;
}

const text = z.string().check(
  z.refine((command) => command.trim() !== "" && !command.includes("\0"), {
    error: "must be a command",
  }),
);
const command = orRef(
  z.union([text, z.array(orRef(z.string())).check(z.minLength(1))], {
    error: "must be a command, or a list of a program and its arguments",
  }),
);
const timeoutLimitMs = 2 ** 31 - 1;

/**
 * With none of `unless`, `onlyIf`, `creates` and `watches` it runs each time. A plan runs `unless`
 * and `onlyIf`, and nothing else.
 */
export const execute = defineResource({
  type: "bundle.execute",
  noun: "execute",
  schema: strictObject({
    /** What to run: a string by `sh -c`, a list of program and arguments without a shell. */
    command,
    /** What plans call it. Default: the command. */
    name: z.optional(z.string().check(z.minLength(1))),
    /** Not run while this command ends with exit code 0. */
    unless: z.optional(command),
    /** Run only if this command ends with exit code 0. */
    onlyIf: z.optional(command),
    /** Not run while this file or folder is there; relative to the Touchdownfile's folder. */
    creates: z.optional(pathSchema),
    /**
     * Files and folders, relative to the Touchdownfile's folder: run when their contents are not
     * those of its last good run, whatever `unless` and `creates` say.
     */
    watches: z.optional(z.array(pathSchema).check(z.minLength(1))),
    /** Where it and its looks run. Default: the Touchdownfile's folder, which a relative one starts from. */
    cwd: z.optional(pathSchema),
    /** Variables added to those touchdown has. No message shows their values. */
    env: z._default(
      z.record(
        z.string().check(z.regex(/^[^=\0]+$/, "Invalid string: must match pattern /^[^=\\0]+$/")),
        orRef(z.string()),
      ),
      {},
    ),
    /** Only the variables of `env`: not even PATH. */
    cleanEnv: z._default(z.boolean(), false),
    /** Who runs it, by name or number; only root can run it as another. */
    user: z.optional(
      z
        .string()
        .check(
          z.regex(/^[A-Za-z0-9_][A-Za-z0-9_.-]*\$?$/, { error: "must be a user's name or number" }),
        ),
    ),
    /**
     * After this it is stopped, with all that it started. Default: never.
     *
     * @unit milliseconds
     */
    timeoutMs: z.optional(z.int().check(z.gte(1), z.lte(timeoutLimitMs))),
  }),
  key: ["name"],
  secretArgs: ["env"],
  looksLast: true,
  pendingText: "may run",
  read: async (context: StepContext, want): Promise<ExecuteHave> => {
    const step = commandStep(context, want);
    if (!context.ran.has(step.name)) return { because: await reasonToRun(context, step) };
    const due = context.alwaysApply ? undefined : await stillDue(context, step);
    if (due !== undefined) {
      const message = `${step.label} ran, but ${due}: the next run will run it again`;
      context.runtime.emit({ type: "warning", message, id: step.id, name: step.label });
    }
    return { because: undefined };
  },
  aspects: {
    run: {
      fields: {
        always: because("always", "each time"),
        cutShort: because("cutShort", "its last run was cut short"),
        watches: because("watches", "what it watches changed"),
        creates: because("creates", "what it creates is not there"),
        unless: because("unless", "unless is not satisfied"),
        onlyIf: because("onlyIf", "onlyIf is satisfied"),
      },
      apply: (context, { want }) => runCommand(context, commandStep(context, want)),
    },
  },
  properties: {},
});

/** One reason as a field: `run (unless is not satisfied)`. */
function because(reason: Reason, text: string): Field<unknown, ExecuteHave> {
  return {
    action: "run",
    want: () => text,
    have: (have) => (have.because === reason ? undefined : text),
    show: String,
  };
}
