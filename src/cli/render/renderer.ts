/** Where a run's events go: to people as text, or to programs as JSON. */
import type { Event } from "../../core/events.ts";

export interface Renderer {
  readonly emit: (event: Event) => void;
  /** Clear what moves, so that other text can be written. */
  readonly pause: () => void;
  /** Nothing comes after. */
  readonly end: () => void;
}

export interface RenderOptions {
  readonly json: boolean;
  readonly verbose: boolean;
}

/** The renderer for this process's stdout and stderr. */
export async function rendererFor({ json, verbose }: RenderOptions): Promise<Renderer> {
  if (json) return (await import("./json.ts")).jsonRenderer();
  const { plainRenderer } = await import("./plain.ts");
  if (!process.stderr.isTTY || process.env["TERM"] === "dumb") return plainRenderer({ verbose });
  return (await import("./tty.ts")).ttyRenderer({ verbose });
}
