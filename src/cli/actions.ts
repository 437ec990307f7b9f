/** What each verb does, loaded when it is called. */
import type { Call } from "./option.ts";

/** Gives the exit code. */
type Action = (call: Call) => Promise<number>;

export const actions: Readonly<Record<string, () => Promise<Action>>> = {
  plan: async () => (await import("./commands/plan.ts")).plan,
  apply: async () => (await import("./commands/apply.ts")).apply,
  destroy: async () => (await import("./commands/destroy.ts")).destroy,
  unlock: async () => (await import("./commands/unlock.ts")).unlock,
  build: async () => (await import("./commands/build.ts")).build,
  lock: async () => (await import("./commands/lock.ts")).lock,
  explain: async () => (await import("./commands/explain.ts")).explain,
  cache: async () => (await import("./commands/cache.ts")).cache,
  invoke: async () => (await import("./commands/invoke.ts")).invoke,
  tail: async () => (await import("./commands/tail.ts")).tail,
  dot: async () => (await import("./commands/dot.ts")).dot,
  local: async () => (await import("./commands/local.ts")).local,
};
