import { plainQueue } from "../baselines/plain-queue.js";
import { rawFlows } from "../baselines/raw-flow.js";
import { baton } from "../baton.js";
import type { Laboratory, Measurement, Scenario } from "../scenario.js";
import type { Shape } from "../shape.js";
import { CONCURRENCY, type StartedSystem, type System } from "../system.js";
import { tally } from "../witness.js";

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
    measure: (system, runs, laboratory) => measureBusy(system, { shape: of.shape, runs }, laboratory),
  };
}

interface BusyWork {
  readonly shape: Shape;
  readonly runs: number;
}

async function measureBusy(system: System, work: BusyWork, laboratory: Laboratory): Promise<Measurement> {
  const { redis, gauges } = laboratory;
  await redis.flushall("SYNC");
  const before = await gauges.memory(await leaveTraces(system, work, laboratory));
  const { eventStreams, ...measurement } = await measureRuns(system, work, laboratory);
  const bytes = (await gauges.memory(eventStreams)) - before;
  return { ...measurement, bytesPerRun: bytes / (work.runs + SETTLING_RUNS) };
}

/** One run, so that what is kept once and not for each run is there already. Answers BullMQ's event streams. */
async function leaveTraces(system: System, { shape }: BusyWork, { url }: Laboratory): Promise<readonly string[]> {
  const witness = tally();
  const started = await system.start({ url, shape, witness });
  await started.submit();
  await witness.untilRuns(1);
  await started.close();
  return started.eventStreams;
}

async function measureRuns(system: System, { shape, runs }: BusyWork, { url, gauges }: Laboratory) {
  const witness = tally();
  const started = await system.start({ url, shape, witness });
  try {
    await submitAll(started, SETTLING_RUNS);
    await witness.untilRuns(SETTLING_RUNS);
    const settlingSteps = witness.steps();
    globalThis.gc?.();
    let submitted: readonly Submitted[] = [];
    const taken = await gauges.measure(async () => {
      submitted = await submitAll(started, runs);
      await witness.untilRuns(SETTLING_RUNS + runs);
    });
    const runMs = await latencies(started, submitted);
    const { eventStreams } = started;
    return { runs, steps: witness.steps() - settlingSteps, taken, runMs, handOffMs: [], eventStreams };
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
