/**
 * The promise's value, or a rejection that says what took too long. The work behind the promise is not stopped.
 * @example await withinTime(redis.ping(), 1_000, "PING") rejects with "PING did not finish within 1000 ms"
 */
export async function withinTime<Value>(
  promise: Promise<Value>,
  timeoutMs: number,
  what: string | (() => string),
): Promise<Value> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_resolve, reject) => {
    const fail = () => {
      const name = typeof what === "string" ? what : what();
      reject(new Error(`${name} did not finish within ${timeoutMs} ms`));
    };
    timer = setTimeout(fail, timeoutMs);
  });
  try {
    return await Promise.race([promise, timeout]);
  } finally {
    clearTimeout(timer);
  }
}

/** Whether the promise resolves in time; for work that is left alone after that. A rejection in time is passed on. */
export async function endsWithin(promise: Promise<unknown>, timeoutMs: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<false>((resolve) => {
    timer = setTimeout(() => resolve(false), timeoutMs);
  });
  try {
    return await Promise.race([promise.then(() => true as const), timeout]);
  } finally {
    clearTimeout(timer);
  }
}
