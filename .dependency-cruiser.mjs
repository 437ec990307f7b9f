// @ts-check
/** The walls between the rooms: the table of CONTRIBUTING.md, as rules. */

/** What each room or top-level file of src may import, besides itself and errors.ts. */
const mayImport = {
  zip: [],
  host: [],
  core: [],
  store: ["host"],
  aws: ["core", "host", "zip"],
  bundle: ["core", "host"],
  python: ["core", "host", "store", "zip"],
  local: ["host", "store", "zip"],
  touchdownfile: ["host"],
  operations: ["core", "aws", "host", "python", "store", "zip", "workspace.ts"],
  cli: ["core", "host", "local", "operations", "touchdownfile", "index.ts"],
  "error-codes.ts": [],
  "errors.ts": ["error-codes.ts"],
  "serializers.ts": ["core"],
  "workspace.ts": ["core", "aws", "bundle", "python"],
  "index.ts": [
    "core",
    "aws",
    "bundle",
    "python",
    "error-codes.ts",
    "serializers.ts",
    "workspace.ts",
  ],
};

const tests = "\\.test\\.ts$";

/** @param {readonly string[]} places */
function pattern(places) {
  const ends = places.map((place) => (place.endsWith(".ts") ? `${place}$` : `${place}/`));
  return `^src/(${ends.join("|").replaceAll(".", "\\.")})`;
}

const walls = Object.entries(mayImport).map(([place, others]) => ({
  name: `wall-${place}`,
  severity: "error",
  comment: `${place} may import only ${["errors.ts", ...others].join(", ")}`,
  from: { path: pattern([place]), pathNot: tests },
  to: { path: "^src/", pathNot: pattern([place, "errors.ts", ...others]) },
}));

export default {
  forbidden: [
    ...walls,
    {
      name: "known-place",
      severity: "error",
      comment: "every file of src is in a room or is a known top-level file",
      from: { path: "^src/", pathNot: [pattern(Object.keys(mayImport)), tests] },
      to: {},
    },
    {
      name: "known-place-alone",
      severity: "error",
      comment: "the same, for a file that imports nothing and that nobody imports",
      from: { orphan: true, path: "^src/", pathNot: pattern(Object.keys(mayImport)) },
      to: {},
    },
    {
      name: "aws-sdk-by-type",
      severity: "error",
      comment: "AWS clients load lazily, through aws/client.ts; elsewhere only `import type`",
      from: { path: "^src/", pathNot: ["^src/aws/client\\.ts$", "^src/aws/clients/", tests] },
      to: { path: "@(aws-sdk|smithy)/", dependencyTypesNot: ["type-only"] },
    },
    {
      name: "no-cycle",
      severity: "error",
      comment: "no cycles, not even of types",
      from: {},
      to: { circular: true },
    },
    {
      name: "no-tests-in-product",
      severity: "error",
      comment: "what is shipped never imports tests, benchmarks or scripts",
      from: { path: "^src/", pathNot: tests },
      to: { path: [tests, "^(test|bench|scripts|examples)/"] },
    },
    {
      name: "resolvable",
      severity: "error",
      comment: "every import leads to a file",
      from: {},
      to: { couldNotResolve: true },
    },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
    enhancedResolveOptions: {
      exportsFields: ["exports"],
      conditionNames: ["import", "require", "node", "default", "types"],
      extensions: [".ts", ".mts", ".js", ".mjs", ".json", ".d.ts"],
    },
  },
};
