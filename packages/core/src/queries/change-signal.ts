/** Signals one waiter that something changed. If the change came first, the next wait returns at once. */
export class ChangeSignal {
  #hasChanged = false;
  #wake: (() => void) | null = null;

  notify(): void {
    this.#hasChanged = true;
    this.#wake?.();
  }

  /** Returns on a change, after the timeout, or when the signal is aborted. */
  async wait(timeoutMs: number, signal?: AbortSignal): Promise<void> {
    if (!this.#hasChanged && signal?.aborted !== true) await this.#sleep(timeoutMs, signal);
    this.#hasChanged = false;
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
