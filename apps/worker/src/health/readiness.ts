import { withinTime } from "@batonrun/node/time";

/** Conditions for a ready worker, each reported by name. */
export interface ReadinessChecks {
  /** It is not stopping. */
  readonly accepting: () => boolean;
  /** The engine fetches and executes. */
  readonly engine: () => boolean;
  /** It is listed in the worker directory. */
  readonly announced: () => boolean;
  /** Redis answers. */
  readonly redis: () => Promise<unknown>;
}

export interface Readiness {
  readonly status: "ready" | "not_ready";
  readonly checks: Readonly<Record<keyof ReadinessChecks, boolean>>;
}

const REDIS_TIMEOUT_MS = 1_000;

export async function checkReadiness(checks: ReadinessChecks): Promise<Readiness> {
  const results = {
    accepting: checks.accepting(),
    engine: checks.engine(),
    announced: checks.announced(),
    redis: await answers(checks.redis()),
  };
  return { status: Object.values(results).every(Boolean) ? "ready" : "not_ready", checks: results };
}

async function answers(reply: Promise<unknown>): Promise<boolean> {
  try {
    await withinTime(reply, REDIS_TIMEOUT_MS, "Redis's answer");
    return true;
  } catch {
    // That Redis does not answer is the finding itself.
    return false;
  }
}
