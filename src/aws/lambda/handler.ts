/** Is what the handler names in the zip? Known for Python and Node; others are not looked into. */
import type { Problem } from "../../core/define.ts";
import { nearestName } from "../../core/nearest.ts";

interface Given {
  readonly handler: string;
  readonly language: string;
  /** Of the zip's files. */
  readonly paths: readonly string[];
  /** For messages: `lambda.zip`. */
  readonly zip: string;
  /** Whether there are layers, which can't be seen and may hold the module. */
  readonly layers: boolean;
}

/** What is wrong with the handler, with the nearest name there is. */
export function handlerProblems(given: Given): readonly Problem[] {
  const { handler, language } = given;
  if (language === "java") return javaProblems(handler);
  if (language !== "python" && language !== "nodejs") return [];
  const module = language === "python" ? pythonModule(handler) : nodeModule(handler);
  if (module === undefined) {
    const message = `must be a module and a function in it (mymodule.myfunction), got ${handler}`;
    return [{ path: ["handler"], message }];
  }
  const modules = language === "python" ? pythonModules(given.paths) : nodeModules(given.paths);
  if (modules.has(module)) return [];
  return [notThere(module, modules, given)];
}

/** `package.Class::method` or `package.Class`. */
function javaProblems(handler: string): readonly Problem[] {
  if (/^[\p{L}_$][\p{L}\p{N}_$.]*(?:::[\p{L}_$][\p{L}\p{N}_$]*)?$/u.test(handler)) return [];
  const message = `must be package.Class::method or package.Class, got ${handler}`;
  return [{ path: ["handler"], message }];
}

/**
 * `a/b.c.handler` is the function `handler` of `a/b/c`.
 *
 * @source aws-lambda-python-runtime-interface-client, bootstrap.py: the last dot parts them; a dot
 *   or slash in the module leads into a package
 */
function pythonModule(handler: string): string | undefined {
  const match = /^([^.].*)\.([^./]+)$/u.exec(handler);
  return match?.[1]?.replaceAll(".", "/");
}

/**
 * `a/b.c.d` is `c.d` of `a/b`.
 *
 * @source aws-lambda-nodejs-runtime-interface-client, UserFunction: the first dot after the last
 *   slash parts them
 */
function nodeModule(handler: string): string | undefined {
  return /^((?:.*\/)?[^./]+)\.[^/]+$/u.exec(handler)?.[1]?.replace(/^\.\//u, "");
}

/** Importable names, as paths, with the file each comes from. */
function pythonModules(paths: readonly string[]): ReadonlyMap<string, string> {
  const modules = new Map<string, string>();
  for (const path of paths) {
    // An extension module may carry the interpreter's tag: x.cpython-313-x86_64-linux-gnu.so
    const name = /^(.+?)(?:\.py|\.pyc|(?:\.[\w-]+)?\.so)$/u.exec(path)?.[1];
    if (name !== undefined) modules.set(name.replace(/\/__init__$/u, ""), path);
  }
  return modules;
}

function nodeModules(paths: readonly string[]): ReadonlyMap<string, string> {
  const modules = new Map<string, string>();
  for (const path of paths) {
    const name = /^(.+)\.[cm]?js$/u.exec(path)?.[1];
    if (name === undefined) continue;
    modules.set(name, path);
    if (name.endsWith("/index")) modules.set(name.slice(0, -"/index".length), path);
  }
  return modules;
}

function notThere(module: string, modules: ReadonlyMap<string, string>, given: Given): Problem {
  const file = `${module}${given.language === "python" ? ".py" : ".js"}`;
  const near = nearestName(module, [...modules.keys()]);
  const meant = near === undefined ? "" : `, did you mean "${near.replaceAll("/", ".")}"?`;
  const message = `names ${module.replaceAll("/", ".")}, and ${given.zip} has no ${file}${meant}`;
  const elsewhere = [...modules].find(([name]) => name.endsWith(`/${module}`))?.[1];
  const hint =
    elsewhere === undefined
      ? hintOf(modules)
      : `it has ${elsewhere}: zip what is in the folder, not the folder`;
  if (!given.layers) return { path: ["handler"], message, ...(hint === "" ? {} : { hint }) };
  return {
    path: ["handler"],
    severity: "warning",
    message: `${message}; one of its layers may have it`,
  };
}

function hintOf(modules: ReadonlyMap<string, string>): string {
  const top = [...modules].filter(([name]) => !name.includes("/")).map(([, path]) => path);
  if (top.length === 0) return "";
  const more = top.length > 5 ? `, and ${top.length - 5} more` : "";
  return `it has ${top.slice(0, 5).join(", ")}${more}`;
}
