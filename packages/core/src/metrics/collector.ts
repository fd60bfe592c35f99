import { withinTime } from "@batonrun/node/time";

/**
 * A scrape reads Redis, which can be unavailable.
 *
 * CO1 A scrape waits at most `timeoutMs` for a collector. Late samples are dropped, never shown stale.
 * CO2 A collector has at most one pending read, so that scrapes during an outage do not pile up commands.
 */

/** `read` returns a function that sets all samples at once, so that two scrapes cannot mix. */
export interface Source {
  readonly name: string;
  read(): Promise<() => void>;
  /** Removes the source's samples. */
  drop(): void;
}

export interface Collector {
  collect(): Promise<void>;
}

export interface CollectorOptions {
  readonly timeoutMs: number;
  readonly onFailure: (collector: string) => void;
}

export function createCollector(source: Source, options: CollectorOptions): Collector {
  let reading: Promise<() => void> | null = null;

  function read(): Promise<() => void> {
    reading ??= source.read().finally(() => {
      reading = null;
    });
    return reading;
  }

  return {
    async collect() {
      try {
        const show = await withinTime(read(), options.timeoutMs, source.name);
        source.drop();
        show();
      } catch {
        // The connection logs the reason. Here it is only a counted gap in the samples.
        source.drop();
        options.onFailure(source.name);
      }
    },
  };
}
