/** All defaults of the workflow format. */
export const defaults = {
  timeout: "1h",
  maxParallel: 10,
  stepTimeout: "5m",
  onError: "fail",
  effects: "external",
  priority: 0,
  minSuccess: 1,
  /** Fills in the keys that a `retry` leaves out. A step without any `retry` has one attempt. */
  retry: {
    attempts: 3,
    backoff: "exponential",
    delay: "1s",
    maxDelay: "1m",
    jitter: 0.5,
    except: [],
    timeoutFactor: 1,
  },
} as const;
