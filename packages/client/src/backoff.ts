/** How long to wait before the next try, after so many failures in a row (1 for the first). */
export type Backoff = (failures: number) => number;

const FIRST_MS = 250;
const MAX_MS = 10_000;

/** 250 ms doubling to 10 s, each cut by up to a half at random, so that clients do not come back in step. */
export function exponentialBackoff(random: () => number): Backoff {
  return (failures) => {
    const fullMs = Math.min(FIRST_MS * 2 ** (failures - 1), MAX_MS);
    return Math.round(fullMs * (1 - random() / 2));
  };
}

/** Resolves after `ms`; rejects with the signal's reason as soon as that is aborted. */
export function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted === true) {
      reject(signal.reason);
      return;
    }
    const onAbort = (): void => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", onAbort);
      resolve();
    }, ms);
    signal?.addEventListener("abort", onAbort, { once: true });
  });
}
