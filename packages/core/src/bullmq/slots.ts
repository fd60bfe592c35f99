import type { Worker } from "bullmq";

/**
 * The slots of a worker that BullMQ may fill. An action that ignores its signal keeps one, though its job has ended: the
 * job's id may come back meanwhile, so BullMQ must not hold on to it.
 */
export class Slots {
  readonly #worker: Pick<Worker, "concurrency" | "pause" | "resume" | "closing">;
  readonly #total: number;
  #kept = 0;
  #isPaused = false;

  constructor(worker: Pick<Worker, "concurrency" | "pause" | "resume" | "closing">, total: number) {
    this.#worker = worker;
    this.#total = total;
  }

  /** Whether the worker fetches nothing because every slot is kept. */
  get isFull(): boolean {
    return this.#isPaused;
  }

  keep(until: Promise<void>): void {
    this.#change(1);
    void until.then(() => this.#change(-1));
  }

  #change(by: number): void {
    this.#kept += by;
    const free = this.#total - this.#kept;
    if (free > 0) this.#worker.concurrency = free;
    if (this.#worker.closing !== undefined) return;
    if (free <= 0 && !this.#isPaused) {
      this.#isPaused = true;
      // Without waiting for the jobs at work: one of them is what keeps the slot.
      void this.#worker.pause(true);
    } else if (free > 0 && this.#isPaused) {
      this.#isPaused = false;
      void this.#worker.resume();
    }
  }
}
