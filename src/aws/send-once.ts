/** For calls that AWS does again each time they come, such as publishing a layer's version. */

/** As much of a client's configuration as decides what is sent again. */
interface Retrying {
  readonly retryStrategy: () => Promise<object>;
}

interface Strategy {
  refreshRetryTokenForRetry: (token: unknown, failure: Failure) => Promise<unknown>;
}

interface Failure {
  readonly errorType: string;
  readonly error?: { readonly $metadata?: { readonly clockSkewCorrected?: boolean } };
}

/**
 * Let a client send again only what AWS refused and so has not done: when it throttled, or took the
 * signature's time for wrong. After a timeout, a lost connection or a fault of AWS it throws.
 */
export async function sendOnce(config: Retrying): Promise<void> {
  // The one object that the client asks each time.
  const strategy = (await config.retryStrategy()) as Strategy;
  const refresh = strategy.refreshRetryTokenForRetry.bind(strategy);
  strategy.refreshRetryTokenForRetry = (token, failure) =>
    wasRefused(failure)
      ? refresh(token, failure)
      : Promise.reject(new Error("may have been done: not sent again"));
}

function wasRefused({ errorType, error }: Failure): boolean {
  return errorType === "THROTTLING" || error?.$metadata?.clockSkewCorrected === true;
}
