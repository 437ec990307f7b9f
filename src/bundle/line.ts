/** One line of a text file, which others may write as well. */
import * as z from "zod/mini";
import { TouchdownError } from "../errors.ts";
import { defineResource } from "../core/define.ts";
import { orRef } from "../core/input.ts";
import { strictObject } from "../core/strict-object.ts";
import { editLine, findLine } from "./edit-line.ts";
import type { LineEdit } from "./edit-line.ts";
import { pathSchema } from "./path-schema.ts";
import { requireParent, statAs } from "./place.ts";
import type { StepContext } from "./step-context.ts";
import type { Target } from "./target.ts";

interface LineHave {
  readonly path: string;
  /** The line itself, or the one it is to replace; `undefined` if there is neither. */
  readonly found: string | undefined;
  /** How many lines there are that it stands for. */
  readonly count: number;
}

const pattern = z.union([z.string().check(z.minLength(1)), z.instanceof(RegExp)]).check(
  z.refine(isPattern, {
    error: (issue) => `must be a regular expression, got ${String(issue.input)}`,
  }),
);

export const line = defineResource({
  type: "bundle.line",
  noun: "line",
  schema: strictObject({
    /** The file, relative to the Touchdownfile's folder; a missing one is made, with mode 0644. */
    name: pathSchema,
    /** The whole line, without its end. Plans show it: what is secret belongs in `addFile`. */
    line: orRef(z.string().check(z.regex(/^[^\r\n\0]*$/, { error: "must be a single line" }))),
    /**
     * Which lines it stands for. `present`: where `line` is missing, the last line that matches
     * becomes it, and with none it is added at the end. `absent`: all that match are removed.
     */
    match: z.optional(pattern),
    /** `present` by default; `absent` removes every such line. */
    ensure: z._default(z.enum(["present", "absent"]), "present"),
  }),
  key: ["name", "line"],
  looksLast: "after such",
  createText: "will be written",
  pendingText: "may be changed",
  leaves: "files of bundles stay",
  read: async ({ target }: StepContext, want): Promise<LineHave | undefined> => {
    const path = target.resolve(want.name);
    const text = await textOf(target, path);
    if (text === undefined && want.ensure === "present") return undefined;
    return { path, ...findLine(text ?? "", want) };
  },
  create: (context, want) => write(context, want),
  aspects: {
    line: {
      fields: {
        line: {
          want: ({ ensure, line }) => (ensure === "present" ? line : undefined),
          have: ({ found }: LineHave) => found,
          shownOnCreate: true,
        },
        remove: {
          action: "remove",
          want: ({ ensure }) => (ensure === "absent" ? 0 : undefined),
          have: ({ count }: LineHave) => count,
          show: (count) => (count === 1 ? "1 line" : `${String(count)} lines`),
        },
      },
      apply: (context, { want }) => write(context, want),
    },
  },
  properties: { Path: ({ path }: LineHave): string => path },
});

async function write(
  { target }: StepContext,
  { name, ...edit }: LineEdit & { readonly name: string },
): Promise<void> {
  const path = target.resolve(name);
  const text = await textOf(target, path);
  if (text === undefined) await requireParent(target, path);
  const mode = text === undefined ? 0o644 : undefined;
  await target.write(path, Buffer.from(editLine(text ?? "", edit)), { mode });
}

/** @throws FILE_TEXT */
async function textOf(target: Target, path: string): Promise<string | undefined> {
  if ((await statAs(target, path, "file")) === undefined) return undefined;
  const bytes = await target.read(path);
  if (bytes === undefined) return undefined;
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    throw new TouchdownError("FILE_TEXT", `${path} is not UTF-8 text`, { cause });
  }
}

function isPattern(value: string | RegExp): boolean {
  try {
    return new RegExp(value) instanceof RegExp;
  } catch {
    return false;
  }
}
