import { median, quantile } from "./figures.js";
import type { Comparison, Measurement, Scenario } from "./scenario.js";
import type { SystemName } from "./system.js";

/** One line of the table: a system in a scenario, medians over the rounds. What was not measured is null. */
export interface Row {
  readonly scenario: string;
  readonly title: string;
  readonly system: SystemName;
  readonly compares: Comparison;
  /** Steps, or runs where only starting is measured; so are the figures "per step". */
  readonly perSecond: number;
  readonly nodeUs: number;
  readonly redisUs: number;
  readonly cpuUs: number;
  readonly runP50Ms: number;
  readonly runP99Ms: number;
  readonly handOffP50Ms: number | null;
  readonly handOffP99Ms: number | null;
  readonly bytesPerRun: number | null;
  readonly commands: number;
  readonly trips: number;
  /** Of Baton only. */
  readonly settleTrips: number | null;
  readonly claimTrips: number | null;
  /** Median of the rounds' own ratios to raw flows: CPU, hand-off p50 or rate; null for raw flows themselves. */
  readonly toRaw: number | null;
}

export function summarize(
  scenario: Scenario,
  measured: ReadonlyMap<SystemName, readonly Measurement[]>,
): readonly Row[] {
  const raw = measured.get("raw flows") ?? [];
  return [...measured].map(([system, rounds]) => ({
    scenario: scenario.name,
    title: scenario.title,
    system,
    compares: scenario.compares,
    ...costs(rounds),
    ...times(rounds),
    settleTrips: system === "baton" ? medianOf(rounds, ({ usage, ...of }) => usage.settles / units(of)) : null,
    claimTrips: system === "baton" ? medianOf(rounds, ({ usage, ...of }) => usage.claims / units(of)) : null,
    toRaw:
      system === "raw flows" ? null : median(rounds.map((round, index) => ratio(scenario.compares, round, raw[index]))),
  }));
}

function costs(rounds: readonly Measurement[]) {
  const each = (amount: (usage: Measurement["usage"]) => number) =>
    medianOf(rounds, (round) => amount(round.usage) / units(round));
  return {
    perSecond: medianOf(rounds, (round) => (units(round) / round.usage.ms) * 1000),
    nodeUs: each((usage) => usage.nodeUs),
    redisUs: each((usage) => usage.redisUs),
    cpuUs: each((usage) => usage.nodeUs + usage.redisUs),
    commands: each((usage) => usage.commands),
    trips: each((usage) => usage.trips),
    bytesPerRun: orNull(medianOf(rounds, ({ bytesPerRun }) => bytesPerRun ?? Number.NaN)),
  };
}

/** Quantiles within each round, then their median over the rounds. */
function times(rounds: readonly Measurement[]) {
  return {
    runP50Ms: medianOf(rounds, ({ runMs }) => quantile(runMs, 0.5)),
    runP99Ms: medianOf(rounds, ({ runMs }) => quantile(runMs, 0.99)),
    handOffP50Ms: orNull(medianOf(rounds, ({ handOffMs }) => quantile(handOffMs, 0.5))),
    handOffP99Ms: orNull(medianOf(rounds, ({ handOffMs }) => quantile(handOffMs, 0.99))),
  };
}

function ratio(compares: Comparison, round: Measurement, raw: Measurement | undefined): number {
  if (raw === undefined) return Number.NaN;
  switch (compares) {
    case "cpu":
      return cpuPerUnit(round) / cpuPerUnit(raw);
    case "hand-off":
      return quantile(round.handOffMs, 0.5) / quantile(raw.handOffMs, 0.5);
    case "rate":
      return round.runs / round.usage.ms / (raw.runs / raw.usage.ms);
  }
}

function cpuPerUnit(round: Measurement): number {
  return (round.usage.nodeUs + round.usage.redisUs) / units(round);
}

function units({ steps, runs }: Pick<Measurement, "steps" | "runs">): number {
  return steps === 0 ? runs : steps;
}

function medianOf(rounds: readonly Measurement[], figure: (round: Measurement) => number): number {
  return median(rounds.map(figure));
}

function orNull(figure: number): number | null {
  return Number.isNaN(figure) ? null : figure;
}
