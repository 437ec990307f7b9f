import { toStdout } from "../output.ts";
import { run } from "../../host/run.ts";
import { withNeeds } from "../../core/select.ts";
import { TouchdownError } from "../../errors.ts";
import { exitCodes, UsageError } from "../exit.ts";
import { dotText, mermaidText } from "../graph-text.ts";
import type { Call } from "../option.ts";
import { openSession } from "../session.ts";

const formats = ["dot", "mermaid", "svg"] as const;

/** The graph on stdout; asks AWS nothing. */
export async function dot({ operands, values }: Call): Promise<number> {
  const format = values.text("format") ?? "dot";
  if (!formats.some((each) => each === format)) {
    throw new UsageError(`--format takes ${formats.join(", ")}, got "${format}"`);
  }
  const session = await openSession(values, { making: false, names: operands });
  session.renderer.end();
  const graph = withNeeds(session.graph, session.named);
  const text = format === "mermaid" ? mermaidText(graph) : dotText(graph);
  toStdout(format === "svg" ? await drawn(text) : text);
  return exitCodes.done;
}

async function drawn(text: string): Promise<string> {
  try {
    const { exitCode, stdout, stderr } = await run(["dot", "-Tsvg"], { input: text });
    if (exitCode === 0) return stdout;
    throw new TouchdownError("DRAWING", `dot could not draw the graph: ${stderr.trim()}`);
  } catch (error) {
    if (!(error instanceof TouchdownError) || error.code !== "COMMAND_NOT_FOUND") throw error;
    throw new TouchdownError("DRAWING", "svg needs Graphviz's dot, which is not on the PATH", {
      hint: "install Graphviz, or use --format mermaid",
      cause: error,
    });
  }
}
