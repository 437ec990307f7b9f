import { closeSync, openSync } from "node:fs";
import { basename } from "node:path";
import { TouchdownError, type ErrorCode } from "../errors.ts";
import { systemReason } from "../host/system-error.ts";
import { elfInFile, elfInMemory, readElf, type ElfFacts } from "./wheel/elf.ts";
import { importsOn, isInterpreterTag, parseExtensionName } from "./wheel/extension-name.ts";
import { refuseTooBig } from "./package-size.ts";
import type { StagedEntry, StagedWheel } from "./staged.ts";
import { factsOf, pythonRuntimes, targetText, type Target } from "./wheel/targets.ts";

export interface ProofInput {
  readonly target: Target;
  readonly wheels: readonly StagedWheel[];
  /** What `stage` made of them. */
  readonly entries: readonly StagedEntry[];
  /** What the layers of the function unzip to, in bytes. */
  readonly layersSize?: number;
}

/**
 * Refuse a zip that can't work on its target, before it is made: binaries of another machine, of a newer glibc or for
 * another Python; what an editable install left behind; more than Lambda unzips.
 *
 * A binary that `import` never looks at there, because one beside it is for this target, is left alone: some wheels
 * bring several. So are `.pth` files that hold only code, as setuptools brings one: Lambda does not run them, and needs
 * nothing of them.
 *
 * @throws BINARY_GLIBC, BINARY_MACHINE, BINARY_PYTHON, CODE_TOO_BIG, EDITABLE, FILE_READ
 */
export function prove(input: ProofInput): void {
  const problems = [...editableProblems(input), ...binaryProblems(input)];
  const [first] = problems;
  if (first !== undefined) {
    const more = problems.length === 1 ? "" : ` (and ${problems.length - 1} more)`;
    const others = problems.slice(1, 10).map(({ message }) => `also: ${message}`);
    const hint = [first.hint, ...others].join("\n");
    throw new TouchdownError(first.code, `${first.message}${more}`, { hint });
  }
  refuseTooBig(input);
}

interface Problem {
  readonly code: ErrorCode;
  readonly message: string;
  readonly hint: string;
}

function editableProblems({ wheels, entries }: ProofInput): readonly Problem[] {
  const suspects = entries.filter(
    ({ path }) => path.endsWith(".pth") || path.includes("__editable__"),
  );
  if (suspects.length === 0) return [];
  const pathFiles = new Set(wheels.flatMap((wheel) => wheel.pathFiles));
  const name = namer(wheels);
  return suspects
    .filter(({ path, from }) => {
      if (basename(path).startsWith("__editable__")) return true;
      // only at the root: deeper down, .pth is what PyTorch calls its models
      if (!path.endsWith(".pth") || path.includes("/")) return false;
      return from !== "wheel" || pathFiles.has(path);
    })
    .map((entry) => ({
      code: "EDITABLE",
      message: `${name(entry)} leads to a folder of the machine it was installed on`,
      hint: "build the project as a wheel, not as an editable install, or exclude the file",
    }));
}

function binaryProblems(input: ProofInput): readonly Problem[] {
  const { entries, target, wheels } = input;
  const elf = new Map(wheels.map((wheel) => [wheel.sha256, byPath(wheel.elf)]));
  const programs = entries.filter(
    (entry) =>
      entry.path.endsWith(".so") ||
      entry.from !== "wheel" ||
      elf.get(entry.wheel)?.has(entry.path) === true,
  );
  const names = new Map(programs.map((entry) => [entry, parseExtensionName(entry.path)] as const));
  const imported = new Set(
    [...names.values()].flatMap((name) =>
      name !== undefined && importsOn(name, target) ? [name.module] : [],
    ),
  );
  const name = namer(wheels);
  return programs.flatMap((entry) => {
    const extension = names.get(entry);
    if (
      isInterpreterTag(extension?.tag) &&
      extension !== undefined &&
      !importsOn(extension, target)
    ) {
      if (imported.has(extension.module)) return [];
      return [pythonProblem(name(entry), extension.tag, target)];
    }
    const facts = entry.from === "wheel" ? elf.get(entry.wheel)?.get(entry.path) : ownElf(entry);
    return facts === undefined ? [] : elfProblems(name(entry), facts, input);
  });
}

function byPath(elf: readonly ElfFacts[]): ReadonlyMap<string, ElfFacts> {
  return new Map(elf.map((each) => [each.path, each]));
}

function pythonProblem(name: string, tag: string | undefined, target: Target): Problem {
  return {
    code: "BINARY_PYTHON",
    message: `${name} is for ${tag}, and ${targetText(target)} does not import it`,
    hint: `take a version that has a wheel for ${targetText(target)}, or exclude the file if it is not needed`,
  };
}

function elfProblems(name: string, elf: ElfFacts, { target }: ProofInput): readonly Problem[] {
  const { machine, glibc } = factsOf(target);
  if (elf.machine !== machine) {
    return [
      {
        code: "BINARY_MACHINE",
        message: `${name} is for ${elf.machine}, and ${targetText(target)} is ${machine}`,
        hint: `take a version that has a wheel for ${target.architecture}, or exclude the file if it is not needed there`,
      },
    ];
  }
  if (elf.needed.some((library) => library.startsWith("libc.musl-"))) {
    return [
      {
        code: "BINARY_GLIBC",
        message: `${name} needs musl, and Lambda has glibc`,
        hint: "take a manylinux wheel in place of a musllinux one",
      },
    ];
  }
  const minor = Number(elf.glibc?.slice("2.".length) ?? 0);
  if (minor <= glibc.minor) return [];
  const others = pythonRuntimes.filter(
    (runtime) => factsOf({ ...target, runtime }).glibc.minor >= minor,
  );
  const newer = others.length === 0 ? "" : `use ${others.join(" or ")}, or `;
  return [
    {
      code: "BINARY_GLIBC",
      message: `${name} needs glibc ${elf.glibc}, and ${targetText(target)} has 2.${glibc.minor}`,
      hint: `${newer}take a version whose wheels are for manylinux_2_${glibc.minor} or older`,
    },
  ];
}

/** One's own files are not learned once as wheels are, and rarely binaries. */
function ownElf(entry: StagedEntry): ElfFacts | undefined {
  if (entry.from === "wheel") return undefined;
  if (entry.from === "bytes") {
    const { buffer, byteOffset, byteLength } = entry.bytes;
    return readElf(entry.path, elfInMemory(Buffer.from(buffer, byteOffset, byteLength)));
  }
  if (entry.mode !== 0o755 && !/\.so(?:\.\d+)*$/u.test(entry.path)) return undefined;
  try {
    const file = openSync(entry.file, "r");
    try {
      return readElf(entry.path, elfInFile(file, entry.size));
    } finally {
      closeSync(file);
    }
  } catch (cause) {
    const message = `cannot read ${entry.file}: ${systemReason(cause)}`;
    throw new TouchdownError("FILE_READ", message, { cause });
  }
}

/** For messages: `numpy 2.4.0's "numpy/_core/x.so"`. */
function namer(wheels: readonly StagedWheel[]): (entry: StagedEntry) => string {
  const names = new Map(wheels.map(({ sha256, name, version }) => [sha256, `${name} ${version}`]));
  return (entry) => {
    const owner = entry.from === "wheel" ? names.get(entry.wheel) : undefined;
    const path = JSON.stringify(entry.path);
    return owner === undefined ? path : `${owner}: ${path}`;
  };
}
