import { setTimeout as sleep } from "node:timers/promises";

/** Whether the embedded AWS at the endpoint answers, now. */
export async function isHealthy(endpoint: string): Promise<boolean> {
  try {
    const response = await fetch(`${endpoint}/_ministack/health`, {
      signal: AbortSignal.timeout(2_000),
    });
    await response.arrayBuffer();
    return response.ok;
  } catch {
    return false;
  }
}

/**
 * Ask until it answers.
 *
 * @returns  whether it did, before its process ended and the time was over
 */
export async function becomesHealthy(
  endpoint: string,
  options: { readonly atMostMs: number; readonly isAlive: () => boolean },
): Promise<boolean> {
  const end = performance.now() + options.atMostMs;
  for (let pauseMs = 25; ; pauseMs = Math.min(2 * pauseMs, 200)) {
    if (!options.isAlive()) return false;
    if (await isHealthy(endpoint)) return options.isAlive();
    if (performance.now() >= end) return false;
    await sleep(pauseMs);
  }
}
