/** Where the embedded AWS is known not to do as AWS's documentation says. */

const seen = new Map<string, number>();

/** A named deviation of the embedded AWS. */
export interface Deviation {
  readonly what: string;
}

/**
 * Names a deviation of the pinned embedded AWS from AWS's documentation. The check it is given to
 * is not made there; it is counted and printed.
 *
 * @param what  service, call and what it does: `sqs: KmsMasterKeyId "" does not remove the key`
 */
export function emulatorDiffers(what: string): Deviation {
  return { what };
}

export function countDeviation({ what }: Deviation): void {
  seen.set(what, (seen.get(what) ?? 0) + 1);
}

/** One line a deviation met so far, for the end of a test file; each is given once. */
export function takeDeviations(): readonly string[] {
  const lines = [...seen].map(
    ([what, count]) =>
      `the embedded AWS differs: ${what} (${count} ${count === 1 ? "check" : "checks"} off)`,
  );
  seen.clear();
  return lines;
}
