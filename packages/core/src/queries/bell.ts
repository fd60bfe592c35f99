/** Wakes one waiter. A ring before the wait is not lost: the next wait returns at once. */
export class Bell {
  #hasRung = false;
  #wake: (() => void) | null = null;

  ring(): void {
    this.#hasRung = true;
    this.#wake?.();
  }

  /** Until the bell rings, the time has passed or the signal is aborted. */
  async wait(timeoutMs: number, signal?: AbortSignal): Promise<void> {
    if (!this.#hasRung && signal?.aborted !== true) await this.#sleep(timeoutMs, signal);
    this.#hasRung = false;
  }

  #sleep(timeoutMs: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const wake = (): void => {
        clearTimeout(timer);
        signal?.removeEventListener("abort", wake);
        this.#wake = null;
        resolve();
      };
      const timer = setTimeout(wake, timeoutMs);
      signal?.addEventListener("abort", wake);
      this.#wake = wake;
    });
  }
}
