import type { Row } from "./summary.js";

/** A promise and what was measured. */
export interface Verdict {
  readonly promise: string;
  readonly measured: string;
  readonly isReached: boolean;
}

interface Target {
  readonly promise: string;
  readonly scenario: string;
  /** The figure to judge; null when the row has none. */
  figure(row: Row): number | null;
  /** How the figure is read. */
  readonly unit: "x" | "trips";
  readonly limit: { readonly atMost: number } | { readonly atLeast: number };
}

const cpu = (scenario: string, atMost: number): Target => ({
  promise: `CPU per step of ${scenario} <= ${atMost}x raw flows`,
  scenario,
  figure: (row) => row.toRaw,
  unit: "x",
  limit: { atMost },
});

const handOff = (scenario: string): Target => ({
  promise: `hand-off p50 of ${scenario} <= 0.5x raw flows`,
  scenario,
  figure: (row) => row.toRaw,
  unit: "x",
  limit: { atMost: 0.5 },
});

const starts = (scenario: string): Target => ({
  promise: `runs started (${scenario}) >= 2x FlowProducer.add`,
  scenario,
  figure: (row) => row.toRaw,
  unit: "x",
  limit: { atLeast: 2 },
});

const trips = (scenario: string): readonly Target[] => [
  {
    promise: `one round trip per settled step (${scenario})`,
    scenario,
    figure: (row) => row.settleTrips,
    unit: "trips",
    limit: { atMost: 1 },
  },
  {
    promise: `at most one more claims it and loads its inputs (${scenario})`,
    scenario,
    figure: (row) => row.claimTrips,
    unit: "trips",
    limit: { atMost: 1 },
  },
];

const targets: readonly Target[] = [
  cpu("chain", 0.95),
  cpu("chain-reading", 0.95),
  cpu("diamond", 1.5),
  cpu("fan-out", 1.7),
  handOff("idle-chain"),
  handOff("idle-chain-reading"),
  ...["chain-reading", "diamond", "fan-out", "dag"].flatMap(trips),
  starts("start-chain"),
  starts("start-single"),
];

/** A verdict a target whose scenario was measured. */
export function judge(rows: readonly Row[]): readonly Verdict[] {
  return targets.flatMap((target) => {
    const row = rows.find(({ scenario, system }) => system === "baton" && scenario === target.scenario);
    const figure = row === undefined ? null : target.figure(row);
    if (figure === null) return [];
    const { limit } = target;
    const isReached = "atMost" in limit ? figure <= limit.atMost : figure >= limit.atLeast;
    const measured = target.unit === "x" ? `${figure.toFixed(2)}x` : `${figure.toFixed(2)} per step`;
    return [{ promise: target.promise, measured, isReached }];
  });
}
