import { rawFlows } from "../baselines/raw-flow.js";
import { baton } from "../baton.js";
import type { BenchEnvironment, Measurement, Scenario } from "../scenario.js";
import { chain, diamond, readingChain, type Shape, treeEdges } from "../shape.js";
import { type Stopwatch, stopwatch } from "../step-observer.js";
import type { StartedSystem, System } from "../system.js";

const SETTLING_RUNS = 5;
const runs = { full: 200, quick: 5 };

export const idleChainScenario = idleScenario("idle-chain", chain(10));
/** The next step begins when it has its predecessor's result: in raw flows, that is one more round trip. */
export const idleReadingChainScenario = idleScenario("idle-chain-reading", readingChain(10));
/** Half of its steps cannot continue inline: they are queued and waited for. */
export const idleDiamondScenario = idleScenario("idle-diamond", diamond());

/** One run at a time, nothing else running: how long it takes, and how long a step waits for the next to begin. */
function idleScenario(name: string, shape: Shape): Scenario {
  return {
    name,
    title: `idle ${shape.name}`,
    compares: "hand-off",
    systems: [baton, rawFlows],
    runs,
    measure: (system, count, environment) => measureIdle(system, { shape, runs: count }, environment),
  };
}

async function measureIdle(
  system: System,
  work: { readonly shape: Shape; readonly runs: number },
  { url, redis, gauges }: BenchEnvironment,
): Promise<Measurement> {
  await redis.flushall("SYNC");
  const watch = stopwatch();
  const started = await system.start({ url, shape: work.shape, observer: watch });
  const edges = system === baton ? work.shape.steps : treeEdges(work.shape);
  const runMs: number[] = [];
  const handOffMs: number[] = [];
  try {
    for (let run = 1; run <= SETTLING_RUNS; run += 1) await timedRun(started, watch, run);
    globalThis.gc?.();
    const before = watch.steps();
    const usage = await gauges.measure(async () => {
      for (let run = 1; run <= work.runs; run += 1) {
        runMs.push(await timedRun(started, watch, SETTLING_RUNS + run));
        handOffMs.push(...handOffs(edges, watch));
      }
    });
    return { runs: work.runs, steps: watch.steps() - before, usage, runMs, handOffMs, bytesPerRun: null };
  } finally {
    await started.close();
  }
}

async function timedRun(system: StartedSystem, watch: Stopwatch, run: number): Promise<number> {
  const at = performance.now();
  const ended = watch.untilRuns(run).then(() => performance.now());
  await system.submit();
  return (await ended) - at;
}

function handOffs(edges: Shape["steps"], { began, ended }: Stopwatch): readonly number[] {
  return edges.flatMap(({ id, needs }) => {
    if (needs.length === 0) return [];
    const last = Math.max(...needs.map((need) => ended.get(need) ?? Number.NaN));
    return [(began.get(id) ?? Number.NaN) - last];
  });
}
