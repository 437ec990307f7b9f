/** A log group's events, as they come. */
import type { FilteredLogEvent } from "@aws-sdk/client-cloudwatch-logs";
import { TouchdownError } from "../../errors.ts";
import { unlessMissing } from "../aws-error.ts";
import type { AwsContext } from "../context.ts";

interface Tail {
  /** `/aws/lambda/myfunction` */
  readonly group: string;
  /** Milliseconds since the epoch. */
  readonly sinceMs: number;
  /** A CloudWatch Logs filter pattern. */
  readonly filter?: string;
  /** Go on until `signal` is aborted. */
  readonly follow: boolean;
  readonly signal: AbortSignal;
}

export interface LogEvent {
  /** Milliseconds since the epoch. */
  readonly timestamp: number;
  readonly stream: string;
  /** Without the line end. */
  readonly message: string;
}

/** How often to ask for more, and how far back to look again: events of several streams come late. */
const pollMs = 2_000;
const lateMs = 30_000;

/** Oldest first; each event once. @throws MISSING if there is no such group and it is not followed */
export async function* tail(context: AwsContext, options: Tail): AsyncGenerator<LogEvent> {
  const { clock } = context.runtime;
  const seen = new Map<string, number>();
  let from = options.sinceMs;
  for (;;) {
    for await (const event of eventsSince(context, options, from)) {
      const timestamp = event.timestamp ?? 0;
      const id = event.eventId ?? [event.logStreamName, timestamp, event.message].join("\n");
      if (seen.has(id)) continue;
      seen.set(id, timestamp);
      const message = (event.message ?? "").replace(/\r?\n$/u, "");
      yield { timestamp, stream: event.logStreamName ?? "", message };
    }
    if (!options.follow || options.signal.aborted) return;
    from = Math.max(options.sinceMs, newest(seen, from) - lateMs);
    for (const [id, timestamp] of seen) if (timestamp < from) seen.delete(id);
    if (await stopped(() => clock.sleep(pollMs, options.signal), options.signal)) return;
  }
}

function newest(seen: ReadonlyMap<string, number>, from: number): number {
  return Math.max(from, ...seen.values());
}

async function* eventsSince(
  context: AwsContext,
  { group, filter, follow, signal }: Tail,
  startTime: number,
): AsyncGenerator<FilteredLogEvent> {
  const logs = await context.client("logs");
  let nextToken: string | undefined;
  do {
    const from = nextToken === undefined ? {} : { nextToken };
    const pattern = filter === undefined ? {} : { filterPattern: filter };
    const page = await unlessMissing("ResourceNotFoundException", () =>
      logs.filterLogEvents({ logGroupName: group, startTime, ...pattern, ...from }),
    );
    if (page === undefined && !follow) throw missing(group);
    yield* page?.events ?? [];
    nextToken = page?.nextToken;
  } while (nextToken !== undefined && !signal.aborted);
}

function missing(group: string): TouchdownError {
  return new TouchdownError("MISSING", `log group ${group} does not exist`, {
    hint: "AWS makes it when the function first runs: invoke it, or wait with --follow",
  });
}

/** Whether the wait was cut short. */
async function stopped(wait: () => Promise<void>, signal: AbortSignal): Promise<boolean> {
  try {
    await wait();
    return false;
  } catch (error) {
    if (signal.aborted) return true;
    throw error;
  }
}
