import { rawFlows } from "../baselines/raw-flow.js";
import { baton } from "../baton.js";
import type { BenchEnvironment, Measurement, Scenario } from "../scenario.js";
import { chain, type Shape } from "../shape.js";
import { CONCURRENCY, type RunClient, type System } from "../system.js";

const SETTLING_RUNS = 20;
const runs = { full: 2000, quick: 100 };

export const startChainScenario = startScenario("start-chain", chain(10));
/** The shape that flatters Baton least: a raw flow of one step adds no more jobs than Baton does. */
export const startSingleScenario = startScenario("start-single", { ...chain(1), name: "one step" });

/** Starting runs that no worker takes up. */
function startScenario(name: string, shape: Shape): Scenario {
  return {
    name,
    title: `starting, ${shape.name}`,
    compares: "rate",
    systems: [baton, rawFlows],
    runs,
    measure: (system, count, environment) => measureStarts(system, { shape, runs: count }, environment),
  };
}

async function measureStarts(
  system: System,
  work: { readonly shape: Shape; readonly runs: number },
  { url, redis, gauges }: BenchEnvironment,
): Promise<Measurement> {
  await redis.flushall("SYNC");
  const client = await system.startClient({ url, shape: work.shape });
  try {
    await startAll(client, SETTLING_RUNS);
    globalThis.gc?.();
    let runMs: readonly number[] = [];
    const usage = await gauges.measure(async () => {
      runMs = await startAll(client, work.runs);
    });
    return { runs: work.runs, steps: 0, usage, runMs, handOffMs: [], bytesPerRun: null };
  } finally {
    await client.close();
  }
}

/** How long each took to be accepted, with a fixed number of callers. */
async function startAll(client: RunClient, count: number): Promise<readonly number[]> {
  const acceptedMs: number[] = [];
  let begun = 0;
  const caller = async () => {
    while (begun < count) {
      begun += 1;
      const at = performance.now();
      await client.submit();
      acceptedMs.push(performance.now() - at);
    }
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, caller));
  return acceptedMs;
}
