/** What every verb that reads a Touchdownfile starts with: the file, loaded and checked, and a run's runtime. */
import { toStderr } from "./output.ts";
import { dirname } from "node:path";
import { buildGraph } from "../core/graph.ts";
import type { Graph, Node } from "../core/graph.ts";
import { namedNodes } from "../core/select.ts";
import { systemClock } from "../core/runtime.ts";
import type { Runtime } from "../core/runtime.ts";
import { TouchdownError } from "../errors.ts";
import type { AccountOverrides } from "../index.ts";
import * as library from "../index.ts";
import { findTouchdownfile } from "../touchdownfile/find.ts";
import { loadTouchdownfile } from "../touchdownfile/load.ts";
import { UsageError } from "./exit.ts";
import { interruptSignal } from "./interrupt.ts";
import type { Values } from "./values.ts";
import { rendererFor } from "./render/choose-renderer.ts";
import type { Renderer } from "./render/renderer.ts";
import { version } from "./version.ts";

export interface Session {
  readonly workspace: library.Workspace;
  readonly graph: Graph;
  /** The resources that the command line names; undefined where it names none. */
  readonly named: ReadonlySet<Node> | undefined;
  readonly runtime: Runtime;
  readonly renderer: Renderer;
}

interface Purpose {
  /** Whether `--json` makes the run's events the output. Default: it does. */
  readonly jsonEvents?: boolean;
  /** Of resources, as people give them. */
  readonly names?: readonly string[];
  /** Whether it is for making what is declared, or a plan of that; else the files for it may be gone. */
  readonly making: boolean;
}

/**
 * @throws USAGE for options that exclude each other, and whatever the Touchdownfile is refused for;
 *         no AWS call was made then
 */
export async function openSession(values: Values, purpose: Purpose): Promise<Session> {
  refuseContradictions(values);
  const path = findTouchdownfile(process.cwd(), values.text("file"));
  return sessionFrom(path, { values, ...purpose });
}

/** For a verb that names a function: a Touchdownfile says its account, and may be missing. */
export async function openFunctionSession(
  values: Values,
): Promise<Omit<Session, "graph" | "named">> {
  refuseContradictions(values);
  const path = touchdownfileIfAny(values);
  if (path !== undefined) return sessionFrom(path, { values, making: false });
  const { renderer, runtime } = await openRuntime(values, process.cwd());
  const overrides = await overridesOf(values, runtime);
  return { workspace: new library.Workspace({ overrides }), runtime, renderer };
}

function touchdownfileIfAny(values: Values): string | undefined {
  try {
    return findTouchdownfile(process.cwd(), values.text("file"));
  } catch (error) {
    const absent = error instanceof TouchdownError && error.code === "TOUCHDOWNFILE_MISSING";
    if (absent && values.text("file") === undefined) return undefined;
    throw error;
  }
}

async function sessionFrom(
  path: string,
  { values, making, names = [], jsonEvents = true }: Purpose & { readonly values: Values },
): Promise<Session> {
  const declare = await loadTouchdownfile<library.Workspace>(path, { library, version });
  const { renderer, runtime } = await openRuntime(values, dirname(path), jsonEvents);
  try {
    const overrides = await overridesOf(values, runtime);
    const workspace = new library.Workspace({
      overrides,
      folder: dirname(path),
      locked: values.flag("locked") || isContinuousIntegration(process.env),
    });
    await declare(workspace);
    const place = { folder: runtime.folder, making };
    const graph = await buildGraph(workspace.resources, workspace.problems, place);
    const named = names.length === 0 ? undefined : namedNodes(graph, names);
    return { workspace, graph, named, runtime, renderer };
  } catch (error) {
    renderer.end();
    throw error;
  }
}

/** As CI services say it: `CI=true`. */
function isContinuousIntegration({ CI = "" }: NodeJS.ProcessEnv): boolean {
  return !["", "0", "false"].includes(CI.toLowerCase());
}

/** A runtime whose events are rendered as the options say, and which Ctrl-C ends. */
export async function openRuntime(
  values: Values,
  folder: string,
  jsonEvents = true,
): Promise<{ renderer: Renderer; runtime: Runtime }> {
  const json = jsonEvents && values.flag("json");
  const shown = await rendererFor({ json, verbose: values.flag("verbose") });
  const timings = values.text("timings");
  const renderer =
    timings === undefined ? shown : (await import("./timings.ts")).withTimings(timings, shown);
  const signal = interruptSignal((message) => {
    if (json) toStderr(`${message}\n`);
    else renderer.emit({ type: "progress", message });
  });
  return { renderer, runtime: { emit: renderer.emit, signal, clock: systemClock, folder } };
}

/** What the command line says of accounts; with `--local`, the AWS on this machine, started. */
export async function overridesOf(values: Values, runtime: Runtime): Promise<AccountOverrides> {
  if (values.flag("local")) {
    const { localOverrides } = await import("./local-overrides.ts");
    return localOverrides(values.text("region"), runtime);
  }
  const endpoint = values.text("endpoint-url");
  const profile = values.text("profile");
  const region = values.text("region");
  return {
    ...(endpoint === undefined ? {} : { endpoint }),
    ...(profile === undefined ? {} : { profile }),
    ...(region === undefined ? {} : { region }),
  };
}

export function refuseContradictions(values: Values): void {
  const exclusive = [
    ["local", "endpoint-url"],
    ["local", "profile"],
    ["json", "show-values"],
  ] as const;
  for (const [one, other] of exclusive) {
    if (given(values, one) && given(values, other)) {
      throw new UsageError(`--${one} and --${other} exclude each other`);
    }
  }
  const endpoint = values.text("endpoint-url");
  if (endpoint !== undefined && !(/^https?:/iu.test(endpoint) && URL.canParse(endpoint))) {
    throw new UsageError(
      `--endpoint-url takes an address such as http://127.0.0.1:4566, got "${endpoint}"`,
    );
  }
  const region = values.text("region");
  if (region !== undefined && !/^[a-z]{2,4}(-[a-z]+)+-\d$/u.test(region)) {
    throw new UsageError(`--region takes a region such as eu-west-1, got "${region}"`);
  }
}

function given(values: Values, name: string): boolean {
  return values.flag(name) || values.text(name) !== undefined;
}
