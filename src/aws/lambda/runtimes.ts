/** The runtimes Lambda has, and until when. */
import type { Problem } from "../../core/define.ts";

/**
 * The day each runtime is deprecated; `undefined` where AWS has named none. Soon after it AWS
 * refuses to create and then to update functions that use it.
 *
 * @source Lambda developer guide, "Lambda runtimes": the tables of supported and of deprecated
 *   runtimes, as of August 2026
 */
const deprecated = {
  "python3.15": undefined,
  "python3.14": "2029-06-30",
  "python3.13": "2029-06-30",
  "python3.12": "2028-10-31",
  "python3.11": "2027-06-30",
  "python3.10": "2026-10-31",
  "python3.9": "2025-12-15",
  "python3.8": "2024-10-14",
  "python3.7": "2023-12-04",
  "python3.6": "2022-07-18",
  "python2.7": "2021-07-15",
  "nodejs26.x": undefined,
  "nodejs24.x": "2028-04-30",
  "nodejs22.x": "2027-04-30",
  "nodejs20.x": "2026-04-30",
  "nodejs18.x": "2025-09-01",
  "nodejs16.x": "2024-06-12",
  "nodejs14.x": "2023-12-04",
  "nodejs12.x": "2023-03-31",
  "nodejs10.x": "2021-07-30",
  java25: "2029-06-30",
  java21: "2029-06-30",
  "java17.al2023": "2029-06-30",
  "java11.al2023": "2029-06-30",
  "java8.al2023": "2029-06-30",
  java17: "2027-06-30",
  java11: "2027-06-30",
  "java8.al2": "2027-06-30",
  java8: "2024-01-08",
  dotnet10: "2028-11-14",
  dotnet8: "2026-11-10",
  dotnet6: "2024-12-20",
  "dotnetcore3.1": "2023-04-03",
  "ruby4.0": "2029-03-31",
  "ruby3.4": "2028-03-31",
  "ruby3.3": "2027-03-31",
  "ruby3.2": "2026-03-31",
  "ruby2.7": "2023-12-07",
  "provided.al2023": "2029-06-30",
  "provided.al2": "2026-07-31",
  provided: "2024-01-08",
  "go1.x": "2024-01-08",
} as const;

export type RuntimeName = keyof typeof deprecated;

/** Newest first in each language. */
export const runtimes = Object.keys(deprecated) as [RuntimeName, ...RuntimeName[]];

export const defaultRuntimes = { python: "python3.13", javascript: "nodejs22.x" } as const;

export type Language = "python" | "nodejs" | "java" | "ruby" | "dotnet" | "provided" | "go";

export function languageOf(runtime: RuntimeName): Language {
  return /^[a-z]+?(?=core|[\d.]|$)/u.exec(runtime)?.[0] as Language;
}

/** A warning about a runtime whose day has come. @param now  milliseconds since the epoch */
export function runtimeProblems(runtime: RuntimeName, now: number): readonly Problem[] {
  const day = deprecated[runtime];
  if (day === undefined || now < Date.parse(day)) return [];
  const language = languageOf(runtime);
  const newer = runtimes.find((each) => languageOf(each) === language && isCurrent(each, now));
  return [
    {
      path: ["runtime"],
      severity: "warning",
      message: `${runtime} was deprecated by AWS on ${day}: it may refuse to create or update the function`,
      ...(newer === undefined ? {} : { hint: `use ${newer}` }),
    },
  ];
}

function isCurrent(runtime: RuntimeName, now: number): boolean {
  const day = deprecated[runtime];
  return day !== undefined && now < Date.parse(day);
}
