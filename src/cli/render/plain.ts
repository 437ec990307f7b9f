/** Events as lines on stderr: for logs, and under the live view for what stays. */
import { toStderr } from "../output.ts";
import { TurnEnd } from "../../host/turn-end.ts";
import type { Event } from "../../core/events.ts";
import { doneLine, duration, failedLine, skippedLine } from "./lines.ts";
import { paint } from "./paint.ts";
import { progress, waitText } from "./progress.ts";
import type { Progress } from "./progress.ts";
import type { Renderer } from "./renderer.ts";

interface PlainOptions {
  /** Every AWS call too. */
  readonly verbose: boolean;
}

export function plainRenderer(
  { verbose }: PlainOptions,
  write: (text: string) => void = toStderr,
): Renderer {
  const line = lastingLine({ verbose });
  const output = outputLines();
  const view = progress();
  let silentSince = Date.now();
  const lines = untilTurnEnds(write);
  const say = (text: string): void => {
    silentSince = Date.now();
    lines.add(text);
  };
  const emit = (event: Event): void => {
    view.take(event);
    if (event.type === "output") return say(output.take(event));
    const text = line(event) ?? (event.type === "started" ? startedLine(event) : undefined);
    if (text !== undefined) say(`${output.endedBy(event)}${text}\n`);
  };
  const timer = setInterval(() => {
    const text = Date.now() - silentSince < silenceMs ? undefined : aliveLine(view.state());
    if (text !== undefined) say(`${text}\n`);
  }, 1_000);
  timer.unref();
  const end = (): void => {
    clearInterval(timer);
    lines.flush();
    write(output.flush());
  };
  const pause = (): void => {
    lines.flush();
    view.stop();
  };
  return { emit, pause, end };
}

/**
 * Writes what comes first at once, and what follows before the event loop turns in one go: of hundreds of packages each
 * says two lines.
 */
function untilTurnEnds(write: (text: string) => void) {
  let waiting: string | undefined;
  const end = new TurnEnd(() => {
    const text = waiting ?? "";
    waiting = undefined;
    if (text !== "") write(text);
  });
  const add = (text: string): void => {
    end.soon();
    if (waiting !== undefined) {
      waiting += text;
      return;
    }
    waiting = "";
    write(text);
  };
  return { add, flush: end.now };
}

/** After so long a silence a log says that it goes on, and what it waits for. */
const silenceMs = 30_000;
/** How many of what runs are named then. */
const mostNamed = 3;

function aliveLine({ stage, done, total, running, note }: Progress): string | undefined {
  if (stage === undefined) return note === undefined ? undefined : paint.dim(`still ${note}`);
  if (running.length === 0) return undefined;
  const named = running.slice(0, mostNamed).map(({ name, since, note: its }) => {
    const age = duration(Date.now() - since, { decimals: 0 });
    return `${name} for ${age}${its === undefined ? "" : ` (${its})`}`;
  });
  const more = running.length - named.length;
  const all = [
    ...named,
    ...(more > 0 ? [`${more} more`] : []),
    ...(note === undefined ? [] : [note]),
  ];
  return paint.dim(`still ${stage}, ${done} of ${total} done: ${all.join(", ")}`);
}

function startedLine({ name, verdict }: Extract<Event, { type: "started" }>): string | undefined {
  return verdict === "delete" ? undefined : paint.dim(`… ${name}`);
}

/** The line an event leaves for good, if it leaves one. */
export function lastingLine({ verbose }: PlainOptions): (event: Event) => string | undefined {
  return (event) => {
    switch (event.type) {
      case "finished":
        return event.verdict === "unchanged" ? undefined : doneLine(event);
      case "failed":
        return failedLine(event);
      case "skipped":
        return skippedLine(event);
      case "left":
        return paint.dim(`${event.name}: ${event.because}`);
      case "warning":
        return `${paint.yellow("warning")} ${event.message}`;
      case "waiting":
        return paint.dim(
          `${waitingFor(event)}, at most ${duration(event.atMostMs, { decimals: 0 })}`,
        );
      case "retrying":
        return paint.dim(`trying ${event.what} again: ${event.because}`);
      case "progress":
        return event.message;
      case "throttled":
        return verbose ? paint.dim(`  ${event.service} throttles ${event.operation}`) : undefined;
      case "call":
        return verbose ? callLine(event) : undefined;
      default:
        return undefined;
    }
  };
}

function waitingFor(event: Extract<Event, { type: "waiting" }>): string {
  const { name, what } = event;
  const said = name === undefined || what.includes(name);
  return said ? `waiting for ${what}` : `${name}: ${waitText(event)}`;
}

function callLine({
  service,
  operation,
  elapsedMs,
  error,
}: Extract<Event, { type: "call" }>): string {
  const outcome = error === undefined ? "" : ` ${error}`;
  return paint.dim(`  ${service} ${operation} ${Math.round(elapsedMs)} ms${outcome}`);
}

/** A command's output, whole lines at a time, indented under the step it belongs to. */
export function outputLines() {
  const rests = new Map<string, string>();
  const flush = (key: string): string => {
    const rest = rests.get(key) ?? "";
    rests.delete(key);
    return rest === "" ? "" : `  ${paint.dim("|")} ${rest}\n`;
  };
  return {
    take({ id, stream, text }: Extract<Event, { type: "output" }>): string {
      const key = `${id} ${stream}`;
      const parts = `${rests.get(key) ?? ""}${text}`.split("\n");
      rests.set(key, parts.pop() ?? "");
      return parts.map((part) => `  ${paint.dim("|")} ${part}\n`).join("");
    },
    /** The half lines of a step that has ended. Those of others may still become whole. */
    endedBy(event: Event): string {
      if (event.type !== "finished" && event.type !== "failed") return "";
      return flush(`${event.id} stdout`) + flush(`${event.id} stderr`);
    },
    flush: (): string => [...rests.keys()].map((key) => flush(key)).join(""),
  };
}
