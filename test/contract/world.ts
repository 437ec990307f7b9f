/** One AWS, fake or embedded, in which a test declares resources and runs the engine. */
import type * as z from "zod/mini";
import type { AwsContext } from "../../src/aws/context.ts";
import { openContext } from "../../src/aws/context.ts";
import { ownedPlace } from "../../src/aws/owned.ts";
import { apply, plan } from "../../src/core/converge.ts";
import type { RunOptions } from "../../src/core/converge.ts";
import type { Planned, Report } from "../../src/core/report.ts";
import { Declarations } from "../../src/core/declare.ts";
import type { AddArgs, GetArgs } from "../../src/core/declare.ts";
import type { Scope } from "../../src/core/declared.ts";
import type { ResourceDefinition } from "../../src/core/define.ts";
import { destroy } from "../../src/core/destroy.ts";
import type { Event } from "../../src/core/events.ts";
import { buildGraph } from "../../src/core/graph.ts";
import { idOf } from "../../src/core/name.ts";
import type { Resource } from "../../src/core/resource.ts";
import type { Retire } from "../../src/core/retire.ts";
import type { Clock, Runtime } from "../../src/core/runtime.ts";
import { HurriedClock } from "../support/hurried-clock.ts";
import { VirtualClock } from "../support/virtual-clock.ts";
import { changeLines } from "./change-lines.ts";
import { idText } from "./id-text.ts";
import { probeInto } from "./probe.ts";
import { taggedIn } from "./fake/tagged.ts";
import { fakeTagging } from "./fake/tagging.ts";
import { fakeAccountId, fakeContext, fakeRegion, Faults } from "./fake/fake-service.ts";
import type { Fakes } from "./fake/fake-service.ts";

export type Definition<
  S extends z.ZodMiniObject,
  K extends keyof z.input<S> & string,
  H,
  P extends object,
> = ResourceDefinition<S, K, H, P, AwsContext>;

/** What a run did with one resource. */
export interface Outcome {
  readonly verdict: Planned["verdict"];
  /** One a change, as a person reads it: `delaySeconds: 0 → 5`. */
  readonly changes: readonly string[];
  /** AWS's operations, in order. */
  readonly calls: readonly string[];
}

/** What a run did with all that was declared. */
interface Together {
  readonly verdicts: ReadonlySet<Planned["verdict"]>;
  /** Names of those that were not as declared. */
  readonly changed: readonly string[];
  /** AWS's operations, in order. */
  readonly calls: readonly string[];
  readonly warnings: readonly string[];
}

type Retiring = Pick<Retire & RunOptions, "undeclared" | "data" | "refresh"> & Meanwhile;
type Meanwhile = { readonly meanwhile?: () => Promise<void> };

/** What a run did about what is no longer declared. By name; where a reason follows, after a colon. */
interface Retired {
  readonly planned: readonly string[];
  readonly deleted: readonly string[];
  readonly shown: readonly string[];
  readonly left: readonly string[];
  readonly calls: readonly string[];
  readonly warnings: readonly string[];
}

type Work = (graph: Graph, options: { runtime: Runtime }) => Promise<Report>;

interface Parts {
  readonly place: "fake" | "embedded";
  readonly name: string;
  readonly clock: Clock;
  readonly faults: Faults;
  readonly open: (runtime: Runtime) => Promise<AwsContext>;
}

let worlds = 0;

function freshName(): string {
  worlds += 1;
  return `td-${process.pid}-${worlds}`;
}

export class World {
  readonly place: "fake" | "embedded";
  /** In no other world: a name for what is declared. */
  readonly name: string;
  readonly region = fakeRegion;
  readonly accountId: string;
  readonly clock: Clock;
  /** Only the fake listens to it. */
  readonly faults: Faults;
  readonly #parts: Parts;
  readonly scope: Scope;
  /** The name of the workspace that declares. */
  owner: string | undefined;
  #declarations = new Declarations();
  #declared = new Map<string, Resource>();

  private constructor(parts: Parts) {
    const { place, name, clock, faults, open } = parts;
    this.#parts = parts;
    this.place = place;
    this.name = name;
    this.accountId = place === "fake" ? fakeAccountId : "000000000000";
    this.clock = clock;
    this.faults = faults;
    this.scope = { label: "", open, owned: ownedPlace };
  }

  /** @param fakes  makes services that tell the time by the clock given */
  static fake(fakes: (clock: VirtualClock) => Fakes): World {
    const clock = new VirtualClock();
    const made = fakes(clock);
    const tagging = (region: string) => fakeTagging(() => taggedIn(made, region));
    const services = (region: string) => ({ tagging: tagging(region), ...made });
    const faults = new Faults();
    const open: Parts["open"] = (runtime) =>
      Promise.resolve(fakeContext(services, faults, runtime));
    return new World({ place: "fake", name: freshName(), clock, faults, open });
  }

  static embedded(endpoint: string): World {
    const credentials = { accessKeyId: "test", secretAccessKey: "test" };
    const settings = { region: fakeRegion, endpoint, credentials, label: "" };
    const open: Parts["open"] = (runtime) => openContext(settings, runtime);
    const parts = { name: freshName(), clock: new HurriedClock(), faults: new Faults(), open };
    return new World({ place: "embedded", ...parts });
  }

  /** The same AWS as somebody else uses it meanwhile. @param owner  their workspace's name */
  elsewhere(owner?: string): World {
    const world = new World(this.#parts);
    world.owner = owner;
    return world;
  }

  /** `aws.add…`: declared for the run that is being made, once however often it is called. */
  add<S extends z.ZodMiniObject, K extends keyof z.input<S> & string, H, P extends object>(
    definition: Definition<S, K, H, P>,
    args: AddArgs<S>,
  ): Resource<P> {
    const id = idText(definition, args);
    const there = this.#declared.get(id ?? "");
    // The definition is the same one: so are its properties.
    if (there !== undefined) return there as Resource<P>;
    const resource = this.#declarations.adder(definition, this.scope)(args);
    if (id !== undefined) this.#declared.set(id, resource);
    return resource;
  }

  /** `aws.get…`. */
  get<S extends z.ZodMiniObject, K extends keyof z.input<S> & string, H, P extends object>(
    definition: Definition<S, K, H, P>,
    args: GetArgs<S, K>,
  ): Resource<P> {
    return this.#declarations.getter(definition, this.scope)(args);
  }

  /** What a plan says of the resource that `declare` returns. */
  plan(declare: () => Resource): Promise<Outcome> {
    return this.#run(declare, plan);
  }

  /**
   * @param meanwhile  done elsewhere between plan and act
   * @param calls      takes AWS's operations, also of a run that fails
   */
  apply(
    declare: () => Resource,
    meanwhile?: () => Promise<void>,
    calls: string[] = [],
  ): Promise<Outcome> {
    const work: Work = (graph, options) =>
      apply(graph, meanwhile === undefined ? options : { ...options, confirm: after(meanwhile) });
    return this.#run(declare, work, calls);
  }

  /** @param meanwhile  done elsewhere between read and delete */
  destroy(declare: () => Resource, meanwhile?: () => Promise<void>): Promise<Outcome> {
    return this.#run(declare, (graph, options) =>
      destroy(graph, meanwhile === undefined ? options : { ...options, confirm: after(meanwhile) }),
    );
  }

  /** What refs to the resource give, once it is as declared: all its properties, by name. */
  async properties(declare: () => Resource): Promise<Readonly<Record<string, unknown>>> {
    const seen: Record<string, unknown> = {};
    await this.apply(() => {
      const subject = declare() as Resource<Record<string, unknown>>;
      const names = Object.keys(subject.definition.properties);
      const values = Object.fromEntries(names.map((name) => [name, subject.getProperty(name)]));
      const probe = probeInto(seen);
      const scope = { label: "", open: () => Promise.resolve(undefined) };
      return this.#declarations.adder(probe, scope)({ name: "probe", values });
    });
    return seen;
  }

  /** What a plan says of everything that `declare` declares. */
  planAll(
    declare: () => unknown,
    more: Pick<RunOptions, "refresh" | "retire"> = {},
  ): Promise<Together> {
    return this.#runAll(declare, (graph, options) => plan(graph, { ...options, ...more }));
  }

  applyAll(declare: () => unknown): Promise<Together> {
    return this.#runAll(declare, apply);
  }

  /** A run of the world's workspace that looks after what it no longer declares. */
  async retiring(
    verb: "plan" | "apply" | "destroy",
    declare: () => unknown,
    more: Retiring = {},
  ): Promise<Retired> {
    const { meanwhile, refresh = "lists", ...asked } = more;
    const retire = { owner: this.owner ?? "", scopes: [this.scope], ...asked };
    const confirm = meanwhile && { confirm: after(meanwhile) };
    const work: Work = (graph, options) =>
      ({ plan, apply, destroy })[verb](graph, { ...options, ...confirm, refresh, retire });
    const { report, calls, warnings, events } = await this.#report(declare, work);
    return {
      calls,
      warnings,
      planned: report.planned.filter(({ verdict }) => verdict === "delete").map(({ name }) => name),
      deleted: events.flatMap((event) =>
        event.type === "finished" && event.verdict === "delete" ? [event.name] : [],
      ),
      shown: report.undeclared.map(({ name, kept = "may go" }) => `${name}: ${kept}`),
      left: events.flatMap((event) =>
        event.type === "left" ? [`${event.name}: ${event.because}`] : [],
      ),
    };
  }

  /** What a resource's file calls, for what somebody else does. */
  context(): Promise<AwsContext> {
    return this.#parts.open(this.#runtime(() => undefined));
  }

  #runtime(emit: Runtime["emit"]): Runtime {
    const { signal } = new AbortController();
    return { emit, signal, clock: this.clock, folder: "/nowhere" };
  }

  async #run(declare: () => Resource, work: Work, calls: string[] = []): Promise<Outcome> {
    let subject: Resource | undefined;
    const { report } = await this.#report(() => (subject = declare()), work, calls);
    const planned = report.planned.find(({ id }) => subject !== undefined && id === idOf(subject));
    const { verdict = "unchanged", changes = [] } = planned ?? {};
    return { verdict, changes: changeLines(changes), calls };
  }

  async #runAll(declare: () => unknown, work: Work): Promise<Together> {
    const { report, calls, warnings } = await this.#report(declare, work);
    const changed = report.planned.filter(({ verdict }) => verdict !== "unchanged");
    return {
      calls,
      warnings,
      verdicts: new Set(report.planned.map(({ verdict }) => verdict)),
      changed: changed.map(({ name }) => name),
    };
  }

  async #report(declare: () => unknown, work: Work, calls: string[] = []) {
    this.#declarations = new Declarations();
    this.#declarations.owner = this.owner;
    this.#declared = new Map();
    declare();
    const warnings: string[] = [];
    const graph = await buildGraph(this.#declarations.resources);
    const events: Event[] = [];
    const runtime = this.#runtime((event) => {
      events.push(event);
      if (event.type === "call") calls.push(event.operation);
      if (event.type === "warning") warnings.push(event.message);
    });
    const report = await work(graph, { runtime });
    const [failure] = report.failures;
    if (failure !== undefined) throw failure.error;
    return { report, calls, warnings, events };
  }
}

type Graph = Awaited<ReturnType<typeof buildGraph>>;

function after(meanwhile: () => Promise<void>): () => Promise<boolean> {
  return async () => {
    await meanwhile();
    return true;
  };
}
