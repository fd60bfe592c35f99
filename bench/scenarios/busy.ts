import { plainQueue } from "../baselines/plain-queue.js";
import { rawFlows } from "../baselines/raw-flow.js";
import { baton } from "../baton.js";
import type { BenchEnvironment, Measurement, Scenario } from "../scenario.js";
import type { Shape } from "../shape.js";
import { tally } from "../step-observer.js";
import { CONCURRENCY, type StartedSystem, type System } from "../system.js";

/** Runs that settle connections, scripts and caches before anything is measured. */
const SETTLING_RUNS = 3;

/** Many runs of a shape at once: what a step costs. */
export function busyScenario(name: string, of: { readonly shape: Shape; readonly runs: Scenario["runs"] }): Scenario {
  return {
    name,
    title: of.shape.name,
    compares: "cpu",
    systems: [baton, rawFlows, plainQueue],
    runs: of.runs,
    measure: (system, runs, environment) => measureBusy(system, { shape: of.shape, runs }, environment),
  };
}

interface BusyWork {
  readonly shape: Shape;
  readonly runs: number;
}

async function measureBusy(system: System, work: BusyWork, environment: BenchEnvironment): Promise<Measurement> {
  const { redis, gauges } = environment;
  await redis.flushall("SYNC");
  const before = await gauges.memory(await leaveTraces(system, work, environment));
  const { eventStreams, ...measurement } = await measureRuns(system, work, environment);
  const bytes = (await gauges.memory(eventStreams)) - before;
  return { ...measurement, bytesPerRun: bytes / (work.runs + SETTLING_RUNS) };
}

/** One run, so that what is kept once and not for each run is there already. Answers BullMQ's event streams. */
async function leaveTraces(system: System, { shape }: BusyWork, { url }: BenchEnvironment): Promise<readonly string[]> {
  const observer = tally();
  const started = await system.start({ url, shape, observer });
  await started.submit();
  await observer.untilRuns(1);
  await started.close();
  return started.eventStreams;
}

async function measureRuns(system: System, { shape, runs }: BusyWork, { url, gauges }: BenchEnvironment) {
  const observer = tally();
  const started = await system.start({ url, shape, observer });
  try {
    await submitAll(started, SETTLING_RUNS);
    await observer.untilRuns(SETTLING_RUNS);
    const settlingSteps = observer.steps();
    globalThis.gc?.();
    let submitted: readonly Submitted[] = [];
    const usage = await gauges.measure(async () => {
      submitted = await submitAll(started, runs);
      await observer.untilRuns(SETTLING_RUNS + runs);
    });
    const runMs = await latencies(started, submitted);
    const { eventStreams } = started;
    return { runs, steps: observer.steps() - settlingSteps, usage, runMs, handOffMs: [], eventStreams };
  } finally {
    await started.close();
  }
}

interface Submitted {
  readonly id: string;
  readonly at: number;
}

/** Submits with a fixed number at a time, like as many callers. */
async function submitAll(system: Pick<StartedSystem, "submit">, runs: number): Promise<readonly Submitted[]> {
  const submitted: Submitted[] = [];
  let begun = 0;
  const caller = async () => {
    while (begun < runs) {
      begun += 1;
      const at = Date.now();
      submitted.push({ id: await system.submit(), at });
    }
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, caller));
  return submitted;
}

async function latencies(system: StartedSystem, submitted: readonly Submitted[]): Promise<readonly number[]> {
  const ends = await system.endTimes(submitted.map(({ id }) => id));
  return submitted.map(({ at }, index) => (ends[index] ?? Number.NaN) - at);
}
