import type { Worker } from "bullmq";

/**
 * The slots of a worker that BullMQ may fill. An action that ignores its signal occupies one, though its job has ended: BullMQ must
 * forget the job, because its id may come back, and must not start another one in its place.
 *
 * Example: of 3 slots, 1 is reserved: BullMQ's concurrency is 2. With 3 reserved the worker is paused, because BullMQ has no
 * concurrency 0; when one of the actions returns it is resumed with concurrency 1.
 */
export class Slots {
  readonly #worker: Pick<Worker, "concurrency" | "pause" | "resume" | "closing">;
  readonly #total: number;
  #reserved = 0;
  #isPaused = false;

  constructor(worker: Pick<Worker, "concurrency" | "pause" | "resume" | "closing">, total: number) {
    this.#worker = worker;
    this.#total = total;
  }

  /** Whether the worker fetches nothing because every slot is reserved. */
  get isFull(): boolean {
    return this.#isPaused;
  }

  /** Takes one slot away until then. */
  reserve(until: Promise<void>): void {
    this.#reserve(1);
    void until.then(() => this.#reserve(-1));
  }

  #reserve(by: number): void {
    this.#reserved += by;
    const free = this.#total - this.#reserved;
    if (free > 0) this.#worker.concurrency = free;
    if (this.#worker.closing !== undefined) return;
    if (free <= 0 && !this.#isPaused) {
      this.#isPaused = true;
      // Without waiting for the jobs at work: the action that occupies the slot is one of them.
      void this.#worker.pause(true);
    } else if (free > 0 && this.#isPaused) {
      this.#isPaused = false;
      void this.#worker.resume();
    }
  }
}
