import { withinTime } from "@batonrun/node/time";

/** What a system under measurement reports to. It must cost next to nothing. */
export interface StepObserver {
  stepBegan(step: string): void;
  stepEnded(step: string): void;
  runEnded(): void;
}

export interface Tally extends StepObserver {
  /** Steps that were executed. */
  steps(): number;
  /** Resolves when so many runs ended, counted from the beginning. */
  untilRuns(runs: number): Promise<void>;
}

/** When each step of the only active run began and ended, in ms, monotonic. */
export interface Stopwatch extends Tally {
  readonly began: Map<string, number>;
  readonly ended: Map<string, number>;
}

const PATIENCE_MS = 60_000;

/** Only counts. */
export function tally(): Tally {
  let steps = 0;
  let runs = 0;
  let awaited = Number.POSITIVE_INFINITY;
  let arrive: () => void = () => undefined;
  return {
    steps: () => steps,
    stepBegan: () => {
      steps += 1;
    },
    stepEnded: () => undefined,
    runEnded: () => {
      runs += 1;
      if (runs >= awaited) arrive();
    },
    untilRuns: async (wanted) => {
      if (runs >= wanted) return;
      awaited = wanted;
      const arrived = new Promise<void>((resolve) => {
        arrive = resolve;
      });
      await withinTime(arrived, PATIENCE_MS, () => `the bench (${runs} of ${wanted} runs ended)`);
    },
  };
}

/** Counts, and notes when: for one run at a time. */
export function stopwatch(): Stopwatch {
  const counting = tally();
  const began = new Map<string, number>();
  const ended = new Map<string, number>();
  return {
    ...counting,
    began,
    ended,
    stepBegan: (step) => {
      counting.stepBegan(step);
      began.set(step, performance.now());
    },
    stepEnded: (step) => {
      ended.set(step, performance.now());
    },
  };
}
