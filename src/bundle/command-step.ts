/** A declared command, ready to run. */
import type { StepContext } from "./step-context.ts";

/** Arguments of `addExecute`, refs replaced. */
interface ExecuteArgs {
  readonly name?: string | undefined;
  readonly command: unknown;
  readonly unless?: unknown;
  readonly onlyIf?: unknown;
  readonly creates?: string | undefined;
  readonly watches?: readonly string[] | undefined;
  readonly cwd?: string | undefined;
  readonly env: Readonly<Record<string, unknown>>;
  readonly cleanEnv: boolean;
  readonly user?: string | undefined;
  readonly timeoutMs?: number | undefined;
}

export interface CommandStep {
  readonly name: string;
  /** `execute make`. */
  readonly label: string;
  /** As in events. */
  readonly id: string;
  /** Tells commands apart on this machine: target, folder, command. */
  readonly key: string;
  readonly command: readonly string[];
  readonly unless: readonly string[] | undefined;
  readonly onlyIf: readonly string[] | undefined;
  readonly creates: string | undefined;
  readonly watches: readonly string[] | undefined;
  readonly settings: {
    readonly cwd: string;
    readonly env: Readonly<Record<string, string>>;
    readonly cleanEnv: boolean;
    readonly user: string | undefined;
    readonly timeoutMs: number | undefined;
  };
}

export function commandStep({ target }: StepContext, args: ExecuteArgs): CommandStep {
  const command = argumentsOf(args.command);
  const name = args.name ?? command.join(" ");
  const cwd = target.resolve(args.cwd ?? ".");
  const { cleanEnv, user, timeoutMs } = args;
  const env = Object.fromEntries(
    Object.entries(args.env).map(([key, value]) => [key, String(value)]),
  );
  return {
    name,
    label: `execute ${name}`,
    id: target.label === "" ? `bundle.execute ${name}` : `bundle.execute ${name} (${target.label})`,
    key: JSON.stringify([target.label, target.resolve("."), cwd, command]),
    command,
    unless: args.unless === undefined ? undefined : argumentsOf(args.unless),
    onlyIf: args.onlyIf === undefined ? undefined : argumentsOf(args.onlyIf),
    creates: args.creates === undefined ? undefined : target.resolve(args.creates),
    watches: args.watches?.map((path) => target.resolve(path)),
    settings: { cwd, env, cleanEnv, user, timeoutMs },
  };
}

/** A string is for the shell, a list is not. */
function argumentsOf(command: unknown): readonly string[] {
  return Array.isArray(command) ? command.map(String) : ["sh", "-c", String(command)];
}

/** A text without the values of the step's variables; PATH's is no secret. */
export function masked(text: string, { settings: { env } }: CommandStep): string {
  const secrets = Object.entries(env)
    .filter(([key, value]) => key !== "PATH" && value.length >= 4)
    .map(([, value]) => value)
    .toSorted((a, b) => b.length - a.length);
  return secrets.reduce((all, secret) => all.replaceAll(secret, "***"), text);
}
