/** The live view: what runs, since when and what it waits for, above one line for each thing done. */
import { createLogUpdate } from "log-update";
import type { Event } from "../../core/events.ts";
import { seconds } from "./lines.ts";
import { paint } from "./paint.ts";
import { lastingLine, outputLines } from "./plain.ts";
import type { Renderer } from "./renderer.ts";

const frames = ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"];
const everyMs = 100;

export function ttyRenderer({ verbose }: { readonly verbose: boolean }): Renderer {
  const live = createLogUpdate(process.stderr);
  const line = lastingLine({ verbose });
  const output = outputLines();
  const view = liveView();
  let shown = false;
  const show = (): void => {
    const text = view.text();
    if (text === "" && !shown) return;
    shown = text !== "";
    live(text);
  };
  const clear = (): void => {
    if (shown) live.clear();
    shown = false;
  };
  const lasting = (text: string): void => {
    if (text === "") return;
    clear();
    process.stderr.write(text);
    show();
  };
  const timer = setInterval(show, everyMs);
  timer.unref();
  const emit = (event: Event): void => {
    view.take(event);
    if (event.type === "output") return lasting(output.take(event));
    // What is waited for stands in the live view, and goes with it.
    const moves = event.type === "waiting" || event.type === "retrying";
    const text = moves && !verbose ? undefined : line(event);
    if (text !== undefined) lasting(`${output.endedBy(event)}${text}\n`);
  };
  const pause = (): void => {
    view.stop();
    lasting(output.flush());
    clear();
    live.done();
  };
  return {
    emit,
    pause,
    end: () => {
      clearInterval(timer);
      pause();
    },
  };
}

interface Running {
  readonly name: string;
  readonly since: number;
}

/** The moving part: what was started and has not ended. */
function liveView(now: () => number = Date.now) {
  const running = new Map<string, Running>();
  let reading = 0;
  let read = 0;
  let waiting: string | undefined;
  let frame = 0;
  return {
    take(event: Event): void {
      if (event.type === "reading") reading += 1;
      if (event.type === "planned") read += 1;
      if (event.type === "started") running.set(event.id, { name: event.name, since: now() });
      if (event.type === "finished" || event.type === "failed") {
        running.delete(event.id);
        waiting = undefined;
      }
      if (event.type === "waiting") waiting = `waiting for ${event.what}`;
      if (event.type === "retrying") waiting = event.because;
    },
    stop(): void {
      running.clear();
      reading = read;
    },
    text(): string {
      frame = (frame + 1) % frames.length;
      const spin = paint.cyan(frames[frame] ?? "");
      if (running.size === 0) return read < reading ? `${spin} reading ${read}/${reading}` : "";
      const lines = [...running.values()].map(
        ({ name, since }) => `${spin} ${name} ${paint.dim(seconds(now() - since))}`,
      );
      return [...lines, ...(waiting === undefined ? [] : [paint.dim(`  ${waiting}`)])].join("\n");
    },
  };
}
