/** Code written in the Touchdownfile itself: for first demos, without dependencies. */
import type { Artifact } from "../../core/artifact.ts";
import { TouchdownError } from "../../errors.ts";
import { zipOfOne } from "../../zip/one.ts";
import { sha256Hex } from "../../host/sha256.ts";

/** A zip of one file whose source we know. */
export interface InlineArtifact extends Artifact {
  readonly inline: {
    readonly language: "python" | "javascript";
    readonly source: string;
    /** The function to call, where there is only one: `helloWorld` of `main.helloWorld`. */
    readonly exported?: string;
  };
}

export function isInline(artifact: Artifact): artifact is InlineArtifact {
  return "inline" in artifact;
}

const brand = Symbol.for("touchdown.inlinePython");

/** What `` python`…` `` gives. */
export interface InlinePython {
  readonly [brand]: string;
}

export function isInlinePython(value: unknown): value is InlinePython {
  return typeof value === "object" && value !== null && brand in value;
}

/**
 * Python source as a function's code: it becomes `main.py`, so that the handler is `main.` and the
 * name of a function in it. Indentation that all lines share is taken off.
 *
 * @throws ARGUMENT where there is a `${…}` in it
 */
export function python(parts: TemplateStringsArray, ...values: readonly never[]): InlinePython {
  if (values.length > 0) {
    throw new TouchdownError("ARGUMENT", "python`…` can't hold ${…}", {
      hint: "hand the value over in the function's environment, or write \\${ for the text itself",
    });
  }
  const raw = (parts.raw[0] ?? "").replace(/\\(?=`|\$\{)/gu, "");
  return { [brand]: dedent(raw) };
}

/** `main.py` in a zip. */
export function pythonArtifact(code: InlinePython): InlineArtifact {
  return artifactOf("main.py", { language: "python", source: code[brand] });
}

/** A zip of one file, the same bytes on every machine. */
export function artifactOf(path: string, inline: InlineArtifact["inline"]): InlineArtifact {
  return {
    ...bytesArtifact(zipOfOne(path, Buffer.from(inline.source)), "the inline code"),
    inline,
  };
}

export function bytesArtifact(bytes: Uint8Array, name: string): Artifact {
  return {
    name,
    sha256: sha256Hex(bytes),
    size: bytes.length,
    read: (offset, length) => Promise.resolve(bytes.subarray(offset, offset + length)),
    async *open() {
      yield await Promise.resolve(bytes);
    },
  };
}

function dedent(source: string): string {
  const lines = source
    .replaceAll("\r\n", "\n")
    .split("\n")
    .map((line) => (line.trim() === "" ? "" : line));
  const indents = lines
    .filter((line) => line !== "")
    .map((line) => /^[ \t]*/u.exec(line)?.[0] ?? "");
  const shared = indents.reduce(commonStart, indents[0] ?? "");
  const text = lines.map((line) => line.slice(shared.length)).join("\n");
  return `${text.replace(/^\n+/u, "").trimEnd()}\n`;
}

function commonStart(one: string, other: string): string {
  let length = 0;
  while (length < one.length && one[length] === other[length]) length += 1;
  return one.slice(0, length);
}
