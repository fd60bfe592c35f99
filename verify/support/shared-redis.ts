import { inject } from "vitest";

declare module "vitest" {
  interface ProvidedContext {
    /** The one Redis that all tests share: each takes its own key prefix and leaves the rest alone. */
    readonly redisUrl: string;
  }
}

/** The address of the Redis that the test run started. A test that kills or restarts its Redis starts its own. */
export function sharedRedisUrl(): string {
  // The project `unit` provides none, whatever the declared type says.
  const url: string | undefined = inject("redisUrl");
  if (url === undefined) throw new Error("Unit tests have no Redis: move this test to verify/, or run it on memory.");
  return url;
}
