import { factsOf, type Target, type TargetFacts } from "./targets.ts";

/**
 * The tags of the wheels that run on a target, the best first: `cp313-cp313-manylinux_2_34_x86_64`,
 * …, `py30-none-any`.
 *
 * @source Platform compatibility tags (packaging.python.org); the order is that of PyPA's
 *   `packaging.tags.sys_tags` on such a machine
 */
export function tagsOf(target: Target): readonly string[] {
  const facts = factsOf(target);
  const { minor } = facts;
  const platforms = platformsOf(facts);
  const older = countDown(minor - 1, 0);
  const pythons = [`py3${minor}`, "py3", ...older.map((each) => `py3${each}`)];
  const on = (prefix: string): string[] => platforms.map((platform) => `${prefix}-${platform}`);
  return [
    ...on(`cp3${minor}-cp3${minor}`),
    ...on(`cp3${minor}-abi3`),
    ...on(`cp3${minor}-none`),
    // an extension built for the stable ABI of an older Python runs on every later one (PEP 384: since 3.2)
    ...countDown(minor - 1, 2).flatMap((each) => on(`cp3${each}-abi3`)),
    ...pythons.flatMap((python) => on(`${python}-none`)),
    `cp3${minor}-none-any`,
    ...pythons.map((python) => `${python}-none-any`),
  ];
}

/** Where each tag stands in `tagsOf`: 0 is the best. Worked out once for a target. */
export function tagRanks(target: Target): ReadonlyMap<string, number> {
  const key = `${target.runtime} ${target.architecture}`;
  const known = ranks.get(key);
  if (known !== undefined) return known;
  const made = new Map(tagsOf(target).map((tag, rank) => [tag, rank]));
  ranks.set(key, made);
  return made;
}

const ranks = new Map<string, ReadonlyMap<string, number>>();

/**
 * A wheel for `manylinux_2_17` needs glibc 2.17 or newer (PEP 600). A plain `linux` tag promises
 * nothing, so no public index takes it; private ones hold wheels built for just this machine, and
 * their ELF files are looked into.
 */
function platformsOf({ glibc, machine }: TargetFacts): readonly string[] {
  // PEP 600: the first manylinux was 2.5 for Intel's machines, and 2.17 for all others
  const manylinux = countDown(glibc.minor, machine === "x86_64" ? 5 : 17).flatMap((minor) => {
    const legacy = legacyNames.get(minor);
    return [`manylinux_2_${minor}`, ...(legacy === undefined ? [] : [legacy])];
  });
  return ["linux", ...manylinux].map((name) => `${name}_${machine}`);
}

/** The names from before PEP 600. @source PEP 513, PEP 571, PEP 599 */
const legacyNames: ReadonlyMap<number, string> = new Map([
  [17, "manylinux2014"],
  [12, "manylinux2010"],
  [5, "manylinux1"],
]);

function countDown(from: number, to: number): number[] {
  return Array.from({ length: from - to + 1 }, (_, index) => from - index);
}
