import { queueKey } from "../bullmq/queue-keys.js";
import { answersOf, type RedisCell } from "./cell.js";

/** Whether operators paused or limited a queue: steps do not go on inline past that. Refreshed every few seconds. */
export class QueueGates {
  readonly names: readonly string[];
  readonly #cell: RedisCell;
  #gated = new Set<string>();

  constructor(cell: RedisCell, names: readonly string[]) {
    this.#cell = cell;
    this.names = names;
  }

  isFree(queue: string): boolean {
    return !this.#gated.has(queue);
  }

  /** One round trip. */
  async refresh(): Promise<void> {
    const pipeline = this.#cell.client.pipeline();
    const { queues } = this.#cell.keys;
    for (const name of this.names) pipeline.hmget(queueKey(queues, name, "meta"), "paused", "max", "concurrency");
    const answers = await answersOf(pipeline);
    this.#gated = new Set(
      this.names.filter((_name, index) => {
        const meta = answers[index];
        return Array.isArray(meta) && meta.some((value) => value !== null);
      }),
    );
  }
}
