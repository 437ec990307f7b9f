import { readFileSync } from "node:fs";
import { devNull } from "node:os";
import { delimiter, join } from "node:path";

/** Where pip's settings are looked for. */
export type Surroundings = {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly platform: NodeJS.Platform;
  readonly home: string;
};

/**
 * What `pip install` is set to on this machine, by option name without dashes before it (`index-url`): its
 * configuration files in their order, then the `PIP_…` variables. A list has its parts between white space.
 *
 * @source pip's documentation, “Configuration”
 */
export function pipSettings(surroundings: Surroundings): ReadonlyMap<string, string> {
  const settings = new Map<string, string>();
  for (const file of pipFiles(surroundings)) {
    const sections = readSections(file);
    for (const section of ["global", "install"]) {
      for (const [name, value] of sections.get(section) ?? []) settings.set(name, value);
    }
  }
  for (const [variable, value] of Object.entries(surroundings.environment)) {
    if (!variable.startsWith("PIP_") || !value) continue;
    settings.set(optionName(variable.slice("PIP_".length)), value);
  }
  return settings;
}

/** Lowest first. `PIP_CONFIG_FILE` takes the place of the user's own, and turns all off where it is the null device. */
function pipFiles({ environment, platform, home }: Surroundings): readonly string[] {
  const named = environment["PIP_CONFIG_FILE"];
  if (named === devNull) return [];
  const name = platform === "win32" ? "pip.ini" : "pip.conf";
  const virtual = environment["VIRTUAL_ENV"];
  const site = virtual ? [join(virtual, name)] : [];
  const system = systemFolders(environment, platform).map((folder) => join(folder, name));
  if (named) return [...system, ...site, named];
  return [...system, ...userFiles({ environment, platform, home }, name), ...site];
}

function systemFolders(
  environment: Surroundings["environment"],
  platform: NodeJS.Platform,
): readonly string[] {
  if (platform === "win32") return [join(environment["PROGRAMDATA"] ?? "C:\\ProgramData", "pip")];
  if (platform === "darwin") return ["/Library/Application Support/pip"];
  const folders = (environment["XDG_CONFIG_DIRS"] || "/etc/xdg").split(delimiter);
  return [...folders.filter(Boolean).map((folder) => join(folder, "pip")), "/etc"];
}

function userFiles({ environment, platform, home }: Surroundings, name: string): readonly string[] {
  if (platform === "win32") {
    const roaming = environment["APPDATA"] ?? join(home, "AppData", "Roaming");
    return [join(home, "pip", name), join(roaming, "pip", name)];
  }
  const xdg = join(environment["XDG_CONFIG_HOME"] || join(home, ".config"), "pip", name);
  const mac =
    platform === "darwin" ? [join(home, "Library", "Application Support", "pip", name)] : [];
  return [join(home, ".pip", name), xdg, ...mac];
}

type Sections = ReadonlyMap<string, ReadonlyMap<string, string>>;

/** Python's ini: `name = value` or `name: value`; a line that begins with white space goes on with the value before. */
function readSections(file: string): Sections {
  const sections = new Map<string, Map<string, string>>();
  let section: Map<string, string> | undefined;
  let last: string | undefined;
  for (const line of textOf(file).split(/\r?\n/)) {
    const trimmed = line.trim();
    if (trimmed === "" || trimmed.startsWith("#") || trimmed.startsWith(";")) continue;
    const [, title] = /^\[([^\]]+)\]/.exec(line) ?? [];
    if (title !== undefined) {
      section = sections.get(title) ?? new Map<string, string>();
      sections.set(title, section);
      last = undefined;
    } else if (/^\s/.test(line) && last !== undefined) {
      section?.set(last, `${section.get(last) ?? ""}\n${trimmed}`.trim());
    } else {
      const [, name = trimmed, value = ""] = /^(.*?)\s*[=:]\s*(.*)$/.exec(trimmed) ?? [];
      last = optionName(name);
      section?.set(last, value);
    }
  }
  return sections;
}

function optionName(name: string): string {
  return name.toLowerCase().replaceAll("_", "-").replace(/^--/, "");
}

function textOf(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return ""; // not there, or not for us: pip itself would go on
  }
}
