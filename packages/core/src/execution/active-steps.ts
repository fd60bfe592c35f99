import type { RunId } from "@batonrun/contract";
import type { AbortReason } from "../actions/call-action.js";
import type { RunReader } from "../ports/run-reader.js";

/** The running attempts of this process by run, so that they can be aborted. */
export class ActiveSteps {
  readonly #byRun = new Map<RunId, Set<AbortController>>();

  /** Registers an attempt. Losing the lock of its job aborts it too. */
  begin(runId: RunId, lost: AbortSignal): { readonly signal: AbortSignal; end(): void } {
    const controller = new AbortController();
    const onLost = () => controller.abort("lease_lost" satisfies AbortReason);
    lost.addEventListener("abort", onLost, { once: true });
    const ofRun = this.#byRun.get(runId) ?? new Set();
    this.#byRun.set(runId, ofRun.add(controller));
    const end = () => {
      lost.removeEventListener("abort", onLost);
      ofRun.delete(controller);
      if (ofRun.size === 0 && this.#byRun.get(runId) === ofRun) this.#byRun.delete(runId);
    };
    return { signal: controller.signal, end };
  }

  get size(): number {
    let size = 0;
    for (const ofRun of this.#byRun.values()) size += ofRun.size;
    return size;
  }

  abortRun(runId: RunId): void {
    for (const controller of this.#byRun.get(runId) ?? []) controller.abort("cancelled" satisfies AbortReason);
  }

  abortAll(reason: AbortReason): void {
    for (const ofRun of this.#byRun.values()) for (const controller of ofRun) controller.abort(reason);
  }

  /** Checks if active runs were cancelled or timed out, because a broadcast can be lost. One round trip per run. */
  async checkGates(reader: Pick<RunReader, "run">): Promise<void> {
    const ids = [...this.#byRun.keys()];
    const runs = await Promise.all(ids.map((id) => reader.run(id)));
    ids.forEach((id, index) => {
      const run = runs[index];
      const isGone = run === null || run === undefined;
      if (isGone || run.closing === "cancelled" || run.closing === "timed_out") this.abortRun(id);
    });
  }
}
