/** Whose a call or a wait is: what a visit calls need not know for which resource it works. */
import { AsyncLocalStorage } from "node:async_hooks";
import type { Event } from "./events.ts";

interface Named {
  readonly id: string;
  readonly name: string;
}

let visits: AsyncLocalStorage<Named | undefined> | undefined;

/** Do `work` for a resource: what it emits meanwhile is the resource's. */
export function onBehalfOf<T>({ id, name }: Named, work: () => Promise<T>): Promise<T> {
  visits ??= new AsyncLocalStorage();
  return visits.run({ id, name }, work);
}

/** Do `work` for many at once, whoever was the first to ask for it. */
export function onBehalfOfMany<T>(work: () => Promise<T>): Promise<T> {
  return visits === undefined ? work() : visits.run(undefined, work);
}

/** A call, a wait or a retry, with whose it is where that is known. */
export function withOwner(event: Event): Event {
  switch (event.type) {
    case "call":
    case "retrying":
    case "waited":
    case "waiting": {
      const owner = event.id === undefined ? visits?.getStore() : undefined;
      return owner === undefined ? event : { ...event, ...owner };
    }
    default:
      return event;
  }
}
