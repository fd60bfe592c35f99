import { Redis } from "ioredis";
import { gauges } from "./gauges.js";
import { countRoundTrips } from "./round-trips.js";
import type { BenchEnvironment, Measurement, Scenario } from "./scenario.js";
import { type Row, summarize } from "./summary.js";
import type { System, SystemName } from "./system.js";

/** Rounds that only warm up: Node compiles what runs often, and the first rounds cost up to three times the later ones. */
const WARM_UP_ROUNDS = 3;

export interface RunOptions {
  readonly repeats: number;
  readonly quick: boolean;
  /** Told what is being measured. */
  progress(text: string): void;
}

/** Measures the scenarios one after the other, on a Redis that is emptied each time. */
export async function runBench(url: string, chosen: readonly Scenario[], options: RunOptions): Promise<readonly Row[]> {
  const trips = countRoundTrips();
  const redis = new Redis(url, { maxRetriesPerRequest: null });
  try {
    const environment = { url, redis, gauges: gauges(redis, trips) };
    const rows: Row[] = [];
    for (const scenario of chosen) {
      options.progress(scenario.name);
      rows.push(...summarize(scenario, await measureRounds(scenario, environment, options)));
    }
    return rows;
  } finally {
    trips.stop();
    await redis.quit();
  }
}

/** Interleaved: each round measures every system, and the order turns, so that noise of the machine meets all of them. */
async function measureRounds(
  scenario: Scenario,
  environment: BenchEnvironment,
  { repeats, quick }: RunOptions,
): Promise<ReadonlyMap<SystemName, readonly Measurement[]>> {
  const measured = new Map<SystemName, Measurement[]>(scenario.systems.map(({ name }) => [name, []]));
  const warmUp = quick ? 0 : WARM_UP_ROUNDS;
  const runs = quick ? scenario.runs.quick : scenario.runs.full;
  for (let round = -warmUp; round < repeats; round += 1) {
    for (const system of turned(scenario.systems, round + warmUp)) {
      const measurement = await scenario.measure(system, runs, environment);
      if (round >= 0) measured.get(system.name)?.push(measurement);
    }
  }
  return measured;
}

function turned(systems: readonly System[], by: number): readonly System[] {
  const first = by % systems.length;
  return [...systems.slice(first), ...systems.slice(0, first)];
}
