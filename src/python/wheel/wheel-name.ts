import { TouchdownError } from "../../errors.ts";

/** What a wheel's file name says. */
export interface WheelName {
  /** Normalised as in PEP 503: `ruamel-yaml`. */
  readonly name: string;
  /** As in the file name, where `_` stands for `-`: `1.0+local_1`. Not checked against PEP 440. */
  readonly version: string;
  /** Decides between two builds that are otherwise the same; absent sorts before all others. */
  readonly build?: { readonly number: number; readonly rest: string };
  /** Compressed tag sets taken apart: `py2.py3-none-any` is two. */
  readonly tags: readonly string[];
}

/**
 * Take a wheel's file name apart, for example
 * `cryptography-43.0.1-cp39-abi3-manylinux_2_17_x86_64.manylinux2014_x86_64.whl`.
 *
 * @throws WHEEL_NAME
 * @source Binary distribution format, "File name convention" (packaging.python.org; PEP 427)
 */
export function parseWheelName(fileName: string): WheelName {
  const refuse = (problem: string): TouchdownError =>
    new TouchdownError("WHEEL_NAME", `${JSON.stringify(fileName)} is no wheel's name: ${problem}`, {
      hint: "a wheel is named NAME-VERSION[-BUILD]-PYTHON-ABI-PLATFORM.whl",
    });
  if (!fileName.endsWith(".whl")) throw refuse("it does not end with .whl");
  const parts = fileName.slice(0, -".whl".length).split("-");
  if (parts.length !== 5 && parts.length !== 6) throw refuse(`it has ${parts.length} parts`);
  const [name = "", version = "", ...rest] = parts;
  if (!/^[\p{L}\p{N}._]+$/u.test(name) || name.includes("__")) {
    throw refuse(`${JSON.stringify(name)} is no distribution's name`);
  }
  if (!/^v?\d[A-Za-z0-9._!+]*$/u.test(version)) {
    throw refuse(`${JSON.stringify(version)} is no version`);
  }
  const [python = "", abi = "", platform = ""] = rest.slice(-3);
  const tags = expandTags({ python, abi, platform });
  if (tags === undefined) throw refuse("it has an empty or unreadable tag");
  const known = { name: normalizeName(name), version, tags };
  if (rest.length === 3) return known;
  const [, number, after = ""] = /^(\d+)(.*)$/su.exec(rest[0] ?? "") ?? [];
  if (number === undefined) throw refuse("its build number does not begin with a digit");
  return { ...known, build: { number: Number(number), rest: after } };
}

/** One name for all spellings of a distribution's: `Ruamel.YAML` is `ruamel-yaml`. @source PEP 503 */
export function normalizeName(name: string): string {
  return name.replace(/[-_.]+/gu, "-").toLowerCase();
}

/** Whether it runs on every machine: pure Python. */
export function isPure(name: WheelName): boolean {
  return name.tags.some((tag) => /^py3\d*-none-any$/u.test(tag));
}

/** Tags match whatever their case. `undefined` where a part of a set is empty. */
function expandTags(sets: { python: string; abi: string; platform: string }) {
  const [pythons, abis, platforms] = [sets.python, sets.abi, sets.platform].map((set) =>
    set.toLowerCase().split("."),
  );
  if (pythons === undefined || abis === undefined || platforms === undefined) return undefined;
  if ([...abis, ...platforms].includes("")) return undefined;
  if (!pythons.every((python) => /^[\p{L}_][\p{L}\p{N}_]*$/u.test(python))) return undefined;
  return pythons.flatMap((python) =>
    abis.flatMap((abi) => platforms.map((platform) => `${python}-${abi}-${platform}`)),
  );
}
