/** Which interpreter a shared library's file name says it is for. */
import { factsOf, type Target } from "./targets.ts";

export interface ExtensionName {
  /** Without the tag: what `import` looks for, as a path. */
  readonly module: string;
  /** `cpython-313-x86_64-linux-gnu`, `abi3`; absent where every interpreter takes it. */
  readonly tag?: string;
}

/**
 * Take the name of an extension module apart: `a/b.cpython-313-x86_64-linux-gnu.so` is module `a/b`. `undefined` for
 * what `import` would not look at: `libz.so.1`.
 *
 * @source PEP 3149; CPython, Python/dynload_shlib.c: `.cpython-313-x86_64-linux-gnu.so`, `.abi3.so`, `.so`
 */
export function parseExtensionName(path: string): ExtensionName | undefined {
  const [, module, tag] = /^(.*?[^/.])(?:\.([^/.]+))?\.so$/u.exec(path) ?? [];
  if (module === undefined) return undefined;
  return tag === undefined ? { module } : { module, tag };
}

/** Whether `import` on the target takes a file of this name; what is in it is another question. */
export function importsOn({ tag }: ExtensionName, target: Target): boolean {
  if (tag === undefined || tag === "abi3") return true;
  const { minor, machine } = factsOf(target);
  return tag === `cpython-3${minor}` || tag === `cpython-3${minor}-${machine}-linux-gnu`;
}

/** Whether the tag is one of an interpreter, and not a part of the module's name. */
export function isInterpreterTag(tag: string | undefined): boolean {
  return tag !== undefined && /^(?:cpython-|pypy|graalpy|abi3)/u.test(tag);
}
