import type { WorkerDirectory } from "../ports/directory.js";
import type { Clock } from "../ports/metrics.js";

const FRESH_MS = 2000;

/** Which capability an action has: this process's own actions first, then what live workers announced. */
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

  /** Null: nobody announced the action; its steps go to the queue that every worker serves. */
  of(action: string): string | null {
    return this.#own.get(action)?.capability ?? this.#announced.get(action) ?? null;
  }

  /** Reads what workers announced, when that was last done over 2 s ago. Who asks meanwhile waits for the same answer. */
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
