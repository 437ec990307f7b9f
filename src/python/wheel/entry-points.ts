import { TouchdownError } from "../../errors.ts";

/** A command that a distribution provides: `name = module:attribute`. */
export interface Script {
  readonly name: string;
  readonly module: string;
  /** May be dotted: `Application.main`. */
  readonly attribute: string;
}

/**
 * The console and gui scripts of an entry_points.txt.
 *
 * @throws WHEEL_FORMAT where a name would leave its folder, or what it leads to is no function of a module
 * @source Entry points specification, "File format" (packaging.python.org)
 */
export function readScripts(text: string): readonly Script[] {
  const scripts = new Map<string, Script>();
  let wanted = false;
  for (const line of text.split(/\r?\n/u).map((each) => each.trim())) {
    if (line === "" || line.startsWith("#") || line.startsWith(";")) continue;
    const [, section] = /^\[(.*)\]$/u.exec(line) ?? [];
    if (section !== undefined) {
      wanted = section === "console_scripts" || section === "gui_scripts";
    } else if (wanted) {
      const script = readScript(line);
      scripts.set(script.name, script);
    }
  }
  return [...scripts.values()];
}

/**
 * The program that runs a script's function, as installers generate one. It finds its modules beside its `bin/`, as
 * the zip is laid out, and names no machine's Python.
 */
export function scriptText({ module, attribute }: Script): string {
  const [imported] = attribute.split(".");
  return [
    "#!/usr/bin/env python3",
    "import os",
    "import sys",
    "",
    "sys.path[0] = os.path.dirname(os.path.dirname(os.path.realpath(__file__)))",
    `from ${module} import ${imported}`,
    "",
    'if __name__ == "__main__":',
    `    sys.exit(${attribute}())`,
    "",
  ].join("\n");
}

function readScript(line: string): Script {
  const refuse = (problem: string): TouchdownError =>
    new TouchdownError(
      "WHEEL_FORMAT",
      `its entry_points.txt has ${JSON.stringify(line)}: ${problem}`,
    );
  const at = line.indexOf("=");
  if (at === -1) throw refuse("there is no =");
  const name = line.slice(0, at).trim();
  // it becomes a file's name
  if (name === "" || name === "." || name === ".." || /[/\\\0]/u.test(name)) {
    throw refuse(`${JSON.stringify(name)} is no file's name`);
  }
  // what follows in brackets are extras, which only say when it is of use
  const object = /^([^:[\]]+):([^:[\]]+)(?:\[.*\])?$/u.exec(line.slice(at + 1));
  const [module, attribute] = [object?.[1]?.trim() ?? "", object?.[2]?.trim() ?? ""];
  if (isDotted(module) && isDotted(attribute)) return { name, module, attribute };
  throw refuse("it leads to no function of a module");
}

/** Identifiers between dots: both are written into a program. */
function isDotted(text: string): boolean {
  return /^[\p{ID_Start}_][\p{ID_Continue}]*(?:\.[\p{ID_Start}_][\p{ID_Continue}]*)*$/u.test(text);
}
