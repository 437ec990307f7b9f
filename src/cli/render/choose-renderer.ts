/** The renderer for a terminal, a log or a program. */
import { isTerminal } from "../output.ts";
import type { Renderer } from "./renderer.ts";

export interface RenderOptions {
  readonly json: boolean;
  readonly verbose: boolean;
}

/** The renderer for this process's stdout and stderr. */
export async function rendererFor({ json, verbose }: RenderOptions): Promise<Renderer> {
  if (json) return (await import("./json.ts")).jsonRenderer();
  const { plainRenderer } = await import("./plain.ts");
  if (!isTerminal(2) || process.env["TERM"] === "dumb") return plainRenderer({ verbose });
  return (await import("./tty.ts")).ttyRenderer({ verbose });
}
