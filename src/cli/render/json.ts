/** One event a line on stdout, for programs. */
import { toStdout } from "../output.ts";
import type { Event } from "../../core/events.ts";
import type { Renderer } from "./renderer.ts";

export function jsonRenderer(write: (text: string) => unknown = toStdout): Renderer {
  // The summary closes the stream, whatever comes after it.
  const emit = (event: Event): void => void write(`${JSON.stringify(event)}\n`);
  return { emit, pause: () => undefined, end: () => undefined };
}
