import { inject } from "vitest";

declare module "vitest" {
  interface ProvidedContext {
    /** The one Redis that all tests share: each takes its own key prefix and leaves the rest alone. */
    readonly redisUrl: string;
  }
}

/** The address of the Redis that the test run started; what a test kills or restarts it starts itself. */
export function sharedRedisUrl(): string {
  return inject("redisUrl");
}
