/**
 * Lambda as AWS documents it: states, revisions, versions, tags, pages.
 *
 * @source Lambda API reference; Lambda developer guide, "Lambda function states" and "versions"
 */
import { randomUUID } from "node:crypto";
import type { FunctionConfiguration, Lambda } from "@aws-sdk/client-lambda";
import type { Clock } from "../../../src/core/runtime.ts";
import { checkLayers, layerCalls } from "./lambda-layers.ts";
import type { FakeLayers } from "./lambda-layers.ts";
import { checkRole, codeOf, content, initial, settingsOf } from "./lambda-settings.ts";
import { fakeAccountId, fakeRegion, page, Refusal } from "./fake-service.ts";
import type { FakeOf } from "./fake-service.ts";

/** How long creating or updating takes, in virtual time. */
const settlingMs = 3_000;

interface Kept {
  configuration: FunctionConfiguration;
  settledAt: number;
  tags: Record<string, string>;
  concurrency: number | undefined;
  readonly versions: FunctionConfiguration[];
  /** Counts on, even where versions were deleted. */
  published: number;
  readonly aliases: Map<string, { version: string; weights: Record<string, number> }>;
}

export interface FakeLambda {
  readonly client: FakeOf<Lambda>;
  readonly functions: Map<string, Kept>;
  readonly layers: FakeLayers;
}

interface Around {
  /** The objects its code may come from, by `bucket/key`. */
  readonly objects?: ReadonlyMap<string, Uint8Array>;
  /** ARNs that can be assumed; default: every one. */
  readonly roles?: Pick<ReadonlySet<string>, "has">;
}

export function fakeLambda(clock: Clock, { objects = new Map(), roles }: Around = {}): FakeLambda {
  const functions = new Map<string, Kept>();
  const layers: FakeLayers = new Map();
  const world: Inside = { clock, functions, layers, objects, roles };
  const client = {
    ...functionCalls(world),
    ...updateCalls(world),
    ...versionCalls(world),
    ...tagCalls(world),
    ...layerCalls(layers, { clock, objects }),
  };
  return { functions, layers, client };
}

interface Inside {
  readonly clock: Clock;
  readonly functions: Map<string, Kept>;
  readonly layers: FakeLayers;
  readonly objects: ReadonlyMap<string, Uint8Array>;
  readonly roles: Around["roles"] | undefined;
}

function functionCalls(world: Inside): FakeOf<Lambda> {
  const { clock, functions } = world;
  return {
    createFunction: async (input) => {
      const { FunctionName: name = "", Code, Publish = false, Tags = {}, ...given } = input;
      if (functions.has(name)) {
        throw new Refusal("ResourceConflictException", `Function already exist: ${name}`);
      }
      checkRole(world.roles, given.Role);
      checkLayers(world.layers, given.Layers, clock);
      const configuration: FunctionConfiguration = {
        ...initial(name),
        ...settingsOf(name, given),
        ...codeOf(world.objects, Code ?? {}),
      };
      const kept: Kept = {
        configuration: { ...configuration, State: "Pending", LastUpdateStatus: "InProgress" },
        settledAt: 0,
        tags: { ...Tags },
        concurrency: undefined,
        versions: [],
        published: 0,
        aliases: new Map(),
      };
      functions.set(name, kept);
      const made = change(world, kept, { ...kept.configuration });
      return Publish ? { ...made, Version: publish(world, kept).Version } : made;
    },
    listFunctions: async ({ Marker }) => {
      const { items, next } = page([...functions.values()], Marker, 50);
      const Functions = items.map((kept) => {
        const { State: _s, LastUpdateStatus: _l, ...listed } = settle(clock, kept);
        return listed;
      });
      return { Functions, ...(next === undefined ? {} : { NextMarker: next }) };
    },
    getFunction: async ({ FunctionName, Qualifier }) => {
      const kept = find(world, FunctionName);
      const Configuration = { ...settle(clock, kept) };
      if (Qualifier !== undefined) return { Configuration: { ...versionOf(kept, Qualifier) } };
      return {
        Configuration,
        Code: { RepositoryType: "S3" },
        ...(Object.keys(kept.tags).length === 0 ? {} : { Tags: { ...kept.tags } }),
        ...(kept.concurrency === undefined
          ? {}
          : { Concurrency: { ReservedConcurrentExecutions: kept.concurrency } }),
      };
    },
    putFunctionConcurrency: async ({ FunctionName, ReservedConcurrentExecutions }) => {
      find(world, FunctionName).concurrency = ReservedConcurrentExecutions;
      return { ReservedConcurrentExecutions };
    },
    deleteFunctionConcurrency: async ({ FunctionName }) => {
      find(world, FunctionName).concurrency = undefined;
      return {};
    },
    deleteFunction: async ({ FunctionName, Qualifier }) => {
      const kept = find(world, FunctionName);
      if (Qualifier === undefined) {
        functions.delete(FunctionName ?? "");
        return {};
      }
      const version = versionOf(kept, Qualifier);
      if (
        [...kept.aliases.values()].some(
          (alias) => alias.version === Qualifier || Qualifier in alias.weights,
        )
      ) {
        throw new Refusal(
          "ResourceConflictException",
          "Version is currently referenced by aliases",
        );
      }
      kept.versions.splice(kept.versions.indexOf(version), 1);
      return {};
    },
  };
}

function updateCalls(world: Inside): FakeOf<Lambda> {
  return {
    updateFunctionCode: async ({
      FunctionName,
      RevisionId,
      Architectures,
      DryRun,
      Publish = false,
      ...code
    }) => {
      const kept = changeable(world, FunctionName, RevisionId);
      const made = {
        ...kept.configuration,
        ...codeOf(world.objects, code),
        Architectures: Architectures ?? ["x86_64" as const],
      };
      if (DryRun === true) return made;
      const answer = change(world, kept, made);
      return Publish ? { ...answer, Version: publish(world, kept).Version } : answer;
    },
    updateFunctionConfiguration: async ({ FunctionName, RevisionId, ...given }) => {
      const kept = changeable(world, FunctionName, RevisionId);
      checkRole(world.roles, given.Role);
      checkLayers(world.layers, given.Layers, world.clock);
      const made = { ...kept.configuration, ...settingsOf(FunctionName ?? "", given) };
      return change(world, kept, made);
    },
  };
}

function versionCalls(world: Inside): FakeOf<Lambda> {
  const { clock } = world;
  return {
    publishVersion: async ({ FunctionName, CodeSha256, RevisionId }) => {
      const kept = changeable(world, FunctionName, RevisionId);
      const latest = settle(clock, kept);
      if (CodeSha256 !== undefined && CodeSha256 !== latest.CodeSha256) {
        throw new Refusal(
          "InvalidParameterValueException",
          `CodeSHA256 (${CodeSha256}) is different from current CodeSHA256 in $LATEST (${latest.CodeSha256}). Please try again with the CodeSHA256 in $LATEST.`,
        );
      }
      return { ...publish(world, kept) };
    },
    listVersionsByFunction: async ({ FunctionName, Marker }) => {
      const kept = find(world, FunctionName);
      const { items, next } = page([settle(clock, kept), ...kept.versions], Marker);
      return {
        Versions: items.map((each) => ({ ...each })),
        ...(next === undefined ? {} : { NextMarker: next }),
      };
    },
    listAliases: async ({ FunctionName, Marker }) => {
      const { items, next } = page([...find(world, FunctionName).aliases], Marker);
      const Aliases = items.map(([Name, { version, weights }]) => ({
        Name,
        FunctionVersion: version,
        RoutingConfig: { AdditionalVersionWeights: weights },
      }));
      return { Aliases, ...(next === undefined ? {} : { NextMarker: next }) };
    },
    createAlias: async ({ FunctionName, Name = "", FunctionVersion = "", RoutingConfig }) => {
      const weights = { ...RoutingConfig?.AdditionalVersionWeights };
      find(world, FunctionName).aliases.set(Name, { version: FunctionVersion, weights });
      return { Name, FunctionVersion };
    },
  };
}

function tagCalls(world: Inside): FakeOf<Lambda> {
  const byArn = (arn = "") => find(world, arn.split(":")[6]);
  return {
    tagResource: async ({ Resource, Tags }) => {
      Object.assign(byArn(Resource).tags, Tags);
      return {};
    },
    untagResource: async ({ Resource, TagKeys = [] }) => {
      for (const key of TagKeys) delete byArn(Resource).tags[key];
      return {};
    },
  };
}

function find({ functions }: Inside, name = ""): Kept {
  const kept = functions.get(name);
  if (kept !== undefined) return kept;
  const arn = `arn:aws:lambda:${fakeRegion}:${fakeAccountId}:function:${name}`;
  throw new Refusal("ResourceNotFoundException", `Function not found: ${arn}`);
}

function versionOf(kept: Kept, version: string): FunctionConfiguration {
  const found = kept.versions.find(({ Version }) => Version === version);
  if (found !== undefined) return found;
  throw new Refusal(
    "ResourceNotFoundException",
    `Function not found: ${kept.configuration.FunctionArn}:${version}`,
  );
}

/** The function, if it is settled and nobody was there before. */
function changeable(world: Inside, name: string | undefined, revision: string | undefined): Kept {
  const kept = find(world, name);
  const { State, LastUpdateStatus, RevisionId } = settle(world.clock, kept);
  if (State === "Pending" || LastUpdateStatus === "InProgress") {
    throw new Refusal(
      "ResourceConflictException",
      "The operation cannot be performed at this time. An update is in progress for resource",
    );
  }
  if (revision !== undefined && revision !== RevisionId) {
    throw new Refusal(
      "PreconditionFailedException",
      "The RevisionId provided does not match the latest RevisionId. Call the GetFunction/GetAlias API to retrieve the latest RevisionId",
    );
  }
  return kept;
}

function change({ clock }: Inside, kept: Kept, made: FunctionConfiguration): FunctionConfiguration {
  const LastModified = new Date(clock.now()).toISOString().replace("Z", "+0000");
  kept.configuration = {
    ...made,
    LastModified,
    RevisionId: randomUUID(),
    LastUpdateStatus: "InProgress",
  };
  kept.settledAt = clock.now() + settlingMs;
  return { ...kept.configuration };
}

/** A version of the function as it is; the newest one where that is the same. */
function publish({ clock }: Inside, kept: Kept): FunctionConfiguration {
  const latest = settle(clock, kept);
  const newest = kept.versions.at(-1);
  if (newest !== undefined && content(newest) === content(latest)) return newest;
  kept.published += 1;
  const Version = String(kept.published);
  const FunctionArn = `${latest.FunctionArn}:${Version}`;
  const made = { ...latest, Version, FunctionArn, RevisionId: randomUUID() };
  kept.versions.push(made);
  kept.configuration = { ...kept.configuration, RevisionId: randomUUID() };
  return made;
}

/** Settling changes the revision too. A version that was published with a change settles with it. */
function settle(clock: Clock, kept: Kept): FunctionConfiguration {
  if (kept.configuration.LastUpdateStatus === "InProgress" && clock.now() >= kept.settledAt) {
    const settled = { State: "Active", LastUpdateStatus: "Successful" } as const;
    kept.configuration = { ...kept.configuration, ...settled, RevisionId: randomUUID() };
    for (const version of kept.versions) Object.assign(version, settled);
  }
  return kept.configuration;
}
