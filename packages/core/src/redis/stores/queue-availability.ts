import { queueKey, restrictionFields } from "../../bullmq/queue-keys.js";
import { answersOf, type RedisCell } from "../cell.js";

/** Which queues no operator has paused or limited: only to their steps may a job continue inline. Refreshed every few seconds. */
export class QueueAvailability {
  readonly names: readonly string[];
  readonly #cell: RedisCell;
  #withheld = new Set<string>();

  constructor(cell: RedisCell, names: readonly string[]) {
    this.#cell = cell;
    this.names = names;
  }

  isAvailable(queue: string): boolean {
    return !this.#withheld.has(queue);
  }

  /** One round trip. */
  async refresh(): Promise<void> {
    const pipeline = this.#cell.client.pipeline();
    const { queues } = this.#cell.keys;
    for (const name of this.names) pipeline.hmget(queueKey(queues, name, "meta"), ...restrictionFields);
    const answers = await answersOf(pipeline);
    this.#withheld = new Set(
      this.names.filter((_name, index) => {
        const meta = answers[index];
        return Array.isArray(meta) && meta.some((value) => value !== null);
      }),
    );
  }
}
