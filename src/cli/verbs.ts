/** The verbs, their options and their help. Loads none of their code. */
import type { Option, Verb } from "./option.ts";

const file: Option = {
  name: "file",
  short: "f",
  value: "FILE",
  help: "the Touchdownfile; default: found in this folder or a parent",
};
const json: Option = {
  name: "json",
  help: "one JSON event a line on stdout; the last is the summary",
};
const yes: Option = { name: "yes", short: "y", help: "do not ask" };
const verbose: Option = {
  name: "verbose",
  short: "v",
  help: "show every AWS call, and where errors come from",
};
const noColor: Option = { name: "no-color", help: "no colour; NO_COLOR works too" };
const showValues: Option = {
  name: "show-values",
  help: "show the values of environment variables",
};
const account: readonly Option[] = [
  { name: "local", help: "the AWS on this machine: starts by itself, needs no account" },
  { name: "endpoint-url", value: "URL", help: "another address for every AWS service" },
  { name: "profile", value: "NAME", help: "a profile of your AWS configuration" },
  { name: "region", value: "REGION", help: "in place of the Touchdownfile's region" },
];
const common = [file, json, verbose, noColor, ...account] as const;

const locked: Option = {
  name: "locked",
  help: "a lock that is missing or stale is an error; the default where CI is set",
};

const refresh: Option = {
  name: "refresh",
  value: "lists|full",
  help: "read what AWS lists many at a time (default), or everything by itself",
};

const timings: Option = {
  name: "timings",
  value: "FILE",
  help: "what took how long, for ui.perfetto.dev or chrome://tracing",
};

const prune: readonly Option[] = [
  { name: "prune", help: "delete also what the workspace owns and no longer declares" },
  { name: "prune-data", help: "of that, and of what was renamed, also what holds data" },
];

const lockTimeout: Option = {
  name: "lock-timeout",
  value: "SECONDS",
  help: "wait so long while another run holds the workspace's lock; default 0",
};

const nameHelp = `NAME is a function's name, or what a resource is and its name: "queue jobs"`;
const withNeeds = `${nameHelp}: those
and what they need, nothing else.`;

export const verbs: Readonly<Record<string, Verb>> = {
  plan: {
    does: "read AWS, compare, and show what apply would do",
    operands: "[NAME…]",
    operandCount: [0, Infinity],
    about: withNeeds,
    options: [
      ...common,
      locked,
      refresh,
      showValues,
      timings,
      {
        name: "format",
        value: "text|markdown|json",
        help: "markdown: for a pull request's comment; json: as --json",
      },
      { name: "detailed-exitcode", help: "exit 2 when there is something to do" },
    ],
  },
  apply: {
    does: "make AWS as the Touchdownfile says: plan, ask, do",
    operands: "[NAME…]",
    operandCount: [0, Infinity],
    about: withNeeds,
    options: [...common, locked, refresh, showValues, timings, ...prune, lockTimeout, yes],
  },
  destroy: {
    does: "delete what the Touchdownfile adds, in reverse order",
    operands: "[NAME…]",
    operandCount: [0, Infinity],
    about: `${nameHelp}: those alone. It is refused where others
that are there need them and are not named.`,
    options: [...common, timings, ...prune, lockTimeout, yes],
  },
  unlock: {
    does: "take a team's lock away from a run that is dead",
    options: [file, verbose, noColor, ...account, yes],
  },
  build: {
    does: "build the Python packages; asks AWS nothing",
    operands: "[NAME…]",
    operandCount: [0, Infinity],
    options: [
      file,
      {
        name: "json",
        help: "one JSON object a package, a line each, on stdout; of one that is not built only its name and why",
      },
      verbose,
      noColor,
      locked,
      timings,
      { name: "out", short: "o", value: "FOLDER", help: "put copies of the zips there" },
      { name: "check", help: "build nothing; exit 1 if a zip would change, or a lock" },
    ],
  },
  lock: {
    does: "write the locks that are missing or stale",
    operands: "[NAME…]",
    operandCount: [0, Infinity],
    options: [
      file,
      verbose,
      noColor,
      {
        name: "upgrade",
        value: "NAME,…",
        valueMayMiss: true,
        help: "take the newest versions: of everything, or of these distributions",
      },
      { name: "check", help: "write nothing; exit 1 if a lock is missing or stale" },
    ],
  },
  explain: {
    does: "show what is in a package's zip and where it comes from",
    operands: "NAME",
    options: [
      file,
      verbose,
      noColor,
      ...account,
      { name: "json", help: "one JSON object an entry, a line each, on stdout" },
      { name: "all", help: "every entry, not only what each distribution takes" },
      {
        name: "against",
        value: "ZIP|deployed",
        help: "what differs from another zip, or from what AWS runs, and why; exit 1 if anything does",
      },
    ],
  },
  cache: {
    does: "what is kept between builds: its size, what is old, what is damaged",
    operands: "size|prune|verify",
    options: [
      { name: "json", help: "JSON on stdout" },
      verbose,
      noColor,
      {
        name: "older-than",
        value: "30d",
        help: "prune: what was not used for so long; default 30d",
      },
      { name: "all", help: "prune: everything that was not used within a day" },
    ],
  },
  invoke: {
    does: "call a function: its answer on stdout, its log on stderr",
    operands: "NAME",
    options: [
      file,
      verbose,
      noColor,
      ...account,
      {
        name: "event",
        short: "e",
        value: "JSON|FILE|-",
        help: "what it is called with; default: stdin if piped, else {}",
      },
      { name: "qualifier", value: "VERSION", help: "a version or an alias; default $LATEST" },
    ],
  },
  tail: {
    does: "show a function's log",
    operands: "NAME",
    options: [
      file,
      verbose,
      noColor,
      ...account,
      { name: "since", value: "10m", help: "how far back: 30s, 10m, 2h, 1d; default 10m" },
      { name: "follow", help: "go on until Ctrl-C" },
      { name: "filter", value: "PATTERN", help: "a CloudWatch Logs filter pattern" },
    ],
  },
  dot: {
    does: "print the graph of resources; asks AWS nothing",
    operands: "[NAME…]",
    operandCount: [0, Infinity],
    about: withNeeds,
    options: [
      file,
      verbose,
      noColor,
      { name: "format", value: "dot|mermaid|svg", help: "default dot; svg needs Graphviz" },
    ],
  },
  local: {
    does: "the AWS on this machine: start, stop, status, reset",
    operands: "start|stop|status|reset",
    options: [json, verbose, noColor],
  },
};
