/** Run at most `most` of the given functions at a time, in the order they come. */
export function limit(most: number): <T>(work: () => Promise<T>) => Promise<T> {
  let running = 0;
  const waiting: (() => void)[] = [];
  // Who waits longest; to shift thousands, one by one, would take long itself.
  let first = 0;
  // A place that is given up goes to who waits, so that nobody who comes meanwhile takes it as well.
  const release = (): void => {
    const next = waiting[first];
    if (next === undefined) {
      running -= 1;
      waiting.length = 0;
      first = 0;
    } else {
      first += 1;
      next();
    }
  };
  return async (work) => {
    if (running < most) running += 1;
    else await new Promise<void>((resolve) => waiting.push(resolve));
    try {
      return await work();
    } finally {
      release();
    }
  };
}
