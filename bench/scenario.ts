import type { Redis } from "ioredis";
import type { Gauges, Usage } from "./gauges.js";
import type { System } from "./system.js";

/** What a scenario measures with. */
export interface BenchEnvironment {
  readonly url: string;
  readonly redis: Redis;
  readonly gauges: Gauges;
}

/** One round of one system. */
export interface Measurement {
  readonly runs: number;
  /** Steps that were executed; 0 where runs are only started. */
  readonly steps: number;
  readonly usage: Usage;
  /** From submitting a run to its end; one per run. */
  readonly runMs: readonly number[];
  /** From the end of a step's last predecessor to its own beginning. */
  readonly handOffMs: readonly number[];
  /** What Redis keeps of a finished run; null where that is not measured. */
  readonly bytesPerRun: number | null;
}

/** What its ratio to raw flows compares. */
export type Comparison = "cpu" | "hand-off" | "rate";

export interface Scenario {
  readonly name: string;
  readonly title: string;
  readonly compares: Comparison;
  readonly systems: readonly System[];
  /** Runs of one round: in full and in the short form. */
  readonly runs: { readonly full: number; readonly quick: number };
  measure(system: System, runs: number, environment: BenchEnvironment): Promise<Measurement>;
}
