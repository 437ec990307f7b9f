import { existsSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { pipSettings, type Surroundings } from "./pip-settings.ts";
import { parseDocument, isTable, tableOf, type Table } from "../projects/toml-table.ts";

/**
 * The variables uv runs with: the user's own, without those that would send it elsewhere, and, where uv is not
 * configured itself, with what pip is configured with. May hold credentials: never shown, never stored.
 *
 * @param folder  where uv's own configuration begins to be looked for
 * @source uv's documentation, “Environment variables”; pip's, “Configuration”
 */
export function uvEnvironment(
  folder: string,
  surroundings: Surroundings = here(),
): Readonly<Record<string, string>> {
  const { environment } = surroundings;
  const variables: Record<string, string> = {};
  for (const [name, value] of Object.entries(environment)) {
    if (value !== undefined && !elsewhere.test(name)) variables[name] = value;
  }
  const configured = configuredKeys(folder, surroundings);
  const pip = pipSettings(surroundings);
  for (const { option, variable, instead, keys, translate } of translations) {
    const value = pip.get(option);
    if (!value) continue;
    const own = [variable, ...instead].some((name) => environment[name]);
    if (own || keys.some((key) => configured.has(key))) continue;
    const translated = translate(value);
    if (translated !== undefined) variables[variable] = translated;
  }
  // an interpreter is never fetched behind the user's back; it is not needed for a lock, and named when it is for a build
  return { UV_PYTHON_DOWNLOADS: "never", ...variables, UV_NO_PROGRESS: "1" };
}

/** What would make uv or Python look at another project, environment or interpreter than the one meant. */
const elsewhere =
  /^(PYTHON.*|VIRTUAL_ENV|CONDA_(DEFAULT_ENV|PREFIX)|UV_(PROJECT|PROJECT_ENVIRONMENT|WORKING_DIR|WORKING_DIRECTORY|PYTHON|SYSTEM_PYTHON|REQUIRE_HASHES|CUSTOM_COMPILE_COMMAND|NO_SOURCES|NO_CONFIG))$/;

type Translation = {
  readonly option: string;
  readonly variable: string;
  /** Other variables that mean the same. */
  readonly instead: readonly string[];
  /** Names of the same in uv.toml. */
  readonly keys: readonly string[];
  readonly translate: (value: string) => string | undefined;
};

const words = (value: string): readonly string[] => value.split(/\s+/).filter(Boolean);
const same = (value: string): string => value.trim();
const spaced = (value: string): string => words(value).join(" ");

const translations: readonly Translation[] = [
  {
    option: "index-url",
    variable: "UV_DEFAULT_INDEX",
    instead: ["UV_INDEX_URL"],
    keys: ["index-url", "default-index"],
    translate: same,
  },
  {
    option: "extra-index-url",
    variable: "UV_INDEX",
    instead: ["UV_EXTRA_INDEX_URL"],
    keys: ["extra-index-url", "index"],
    translate: spaced,
  },
  {
    option: "find-links",
    variable: "UV_FIND_LINKS",
    instead: [],
    keys: ["find-links"],
    // pip passes over a folder that is not there, uv does not
    translate: (value) => {
      const there = words(value).filter((place) => place.includes("://") || existsSync(place));
      return there.length === 0 ? undefined : there.join(",");
    },
  },
  {
    option: "no-index",
    variable: "UV_NO_INDEX",
    instead: [],
    keys: ["no-index"],
    translate: (value) => (/^(1|yes|true|on)$/i.test(value.trim()) ? "1" : undefined),
  },
  {
    option: "trusted-host",
    variable: "UV_INSECURE_HOST",
    instead: [],
    keys: ["allow-insecure-host"],
    translate: spaced,
  },
  {
    option: "keyring-provider",
    variable: "UV_KEYRING_PROVIDER",
    instead: [],
    keys: ["keyring-provider"],
    translate: (value) => (value === "subprocess" || value === "disabled" ? value : undefined),
  },
  {
    option: "cert",
    variable: "SSL_CERT_FILE",
    instead: ["SSL_CERT_DIR", "UV_NATIVE_TLS", "UV_SYSTEM_CERTS"],
    keys: ["native-tls", "system-certs"],
    translate: same,
  },
  {
    option: "client-cert",
    variable: "SSL_CLIENT_CERT",
    instead: [],
    keys: [],
    translate: same,
  },
  {
    option: "proxy",
    variable: "ALL_PROXY",
    instead: ["all_proxy", "HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy"],
    keys: ["http-proxy", "https-proxy"],
    translate: same,
  },
  {
    option: "timeout",
    variable: "UV_HTTP_TIMEOUT",
    instead: ["UV_REQUEST_TIMEOUT", "HTTP_TIMEOUT"],
    keys: [],
    translate: (value) => /^\d+/.exec(value.trim())?.[0],
  },
];

/** The keys that uv's own configuration sets, of the project, the user and the system. An index may be the default one. */
function configuredKeys(folder: string, surroundings: Surroundings): ReadonlySet<string> {
  const keys = new Set<string>();
  for (const table of uvTables(folder, surroundings)) {
    for (const key of [...Object.keys(table), ...Object.keys(tableOf(table, "pip"))]) keys.add(key);
    const indexes = table["index"];
    const isDefault = (index: unknown): boolean => isTable(index) && index["default"] === true;
    if (Array.isArray(indexes) && indexes.some(isDefault)) keys.add("default-index");
  }
  return keys;
}

/** uv's own configuration of the project, the user and the system, as it stands in the files, the nearest first. */
export function uvTables(folder: string, { environment, platform, home }: Surroundings): Table[] {
  const named = environment["UV_CONFIG_FILE"];
  if (named) return [tomlFile(named)];
  const user =
    platform === "win32"
      ? (environment["APPDATA"] ?? join(home, "AppData", "Roaming"))
      : environment["XDG_CONFIG_HOME"] || join(home, ".config");
  const system =
    platform === "win32"
      ? join(environment["PROGRAMDATA"] ?? "C:\\ProgramData", "uv", "uv.toml")
      : "/etc/uv/uv.toml";
  return [...projectTables(folder), tomlFile(join(user, "uv", "uv.toml")), tomlFile(system)];
}

/** Of the nearest folder upwards that has a uv.toml or a `[tool.uv]`. */
function projectTables(folder: string): Table[] {
  for (let place = folder; ; place = dirname(place)) {
    const own = join(place, "uv.toml");
    if (existsSync(own)) return [tomlFile(own)];
    const tool = tableOf(tableOf(tomlFile(join(place, "pyproject.toml")), "tool"), "uv");
    if (Object.keys(tool).length > 0) return [tool];
    if (dirname(place) === place) return [];
  }
}

function tomlFile(path: string): Table {
  try {
    return parseDocument(readFileSync(path, "utf8"));
  } catch {
    return {}; // not there; or damaged, which uv will say in its own words
  }
}

function here(): Surroundings {
  return { environment: process.env, platform: process.platform, home: homedir() };
}
