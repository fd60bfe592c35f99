import type { WorkerDirectory } from "../ports/directory.js";
import type { Clock } from "../ports/metrics.js";

const FRESH_MS = 2000;

/** Maps actions to capabilities: this process's own actions first, then those that live workers announced. */
export class Capabilities {
  readonly #own: ReadonlyMap<string, { readonly capability: string }>;
  readonly #workers: Pick<WorkerDirectory, "list">;
  readonly #clock: Clock;
  #announced = new Map<string, string>();
  #readAt = Number.NEGATIVE_INFINITY;
  #reading: Promise<void> | undefined;

  constructor(
    own: ReadonlyMap<string, { readonly capability: string }>,
    ports: { readonly workers: Pick<WorkerDirectory, "list">; readonly clock: Clock },
  ) {
    this.#own = own;
    this.#workers = ports.workers;
    this.#clock = ports.clock;
  }

  /** Null if no worker announced the action. Its steps then use the queue that every worker serves. */
  of(action: string): string | null {
    return this.#own.get(action)?.capability ?? this.#announced.get(action) ?? null;
  }

  /** Reads the announced actions if the last read is more than 2 s old. Concurrent callers share one read. */
  async refresh(): Promise<void> {
    if (this.#clock.now() - this.#readAt < FRESH_MS) return;
    this.#reading ??= this.#read().finally(() => {
      this.#reading = undefined;
    });
    await this.#reading;
  }

  async #read(): Promise<void> {
    const workers = await this.#workers.list();
    this.#announced = new Map(
      workers.flatMap((worker) => worker.actions.map((action) => [action.name, action.capability] as const)),
    );
    this.#readAt = this.#clock.now();
  }
}
