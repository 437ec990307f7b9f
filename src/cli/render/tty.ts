/** The live view: what runs, since when and what it waits for, below one line for each thing done. */
import type { Event } from "../../core/events.ts";
import { liveLines } from "./live-lines.ts";
import { lastingLine, outputLines } from "./plain.ts";
import { progress } from "./progress.ts";
import type { Renderer } from "./renderer.ts";
import { screen } from "./screen.ts";
import { terminalOf } from "../output.ts";

const frames = ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"];
const everyMs = 100;

export function ttyRenderer({ verbose }: { readonly verbose: boolean }): Renderer {
  const terminal = terminalOf(2);
  const { draw, clear } = screen(terminal);
  const line = lastingLine({ verbose });
  const output = outputLines();
  const view = progress();
  let frame = 0;
  const show = (above = ""): void => {
    const space = {
      // A terminal that knows no size says 0.
      columns: terminal.columns || 80,
      rows: terminal.rows || 24,
      now: Date.now(),
      spinner: frames[frame] ?? "",
    };
    draw(liveLines(view.state(), space), above);
  };
  const timer = setInterval(() => {
    frame = (frame + 1) % frames.length;
    show();
  }, everyMs);
  timer.unref();
  const emit = (event: Event): void => {
    view.take(event);
    if (event.type === "output") return show(output.take(event));
    // What is waited for stands in the live view, and goes with it.
    const moves = event.type === "waiting" || event.type === "retrying";
    const text = moves && !verbose ? undefined : line(event);
    if (text !== undefined) show(`${output.endedBy(event)}${text}\n`);
  };
  const pause = (): void => {
    view.stop();
    show(output.flush());
    clear();
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
