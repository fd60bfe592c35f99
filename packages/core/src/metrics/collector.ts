/**
 * A scrape reads Redis, and Redis may be away.
 *
 * C1 a scrape waits at most `timeoutMs` for a collector; what did not come in time is dropped, never shown stale.
 * C2 a collector has at most one read under way: scrapes during an outage pile up no commands.
 */

/** Reads something and returns how to show it, so that samples change in one turn and two scrapes cannot mix. */
export interface Source {
  readonly name: string;
  read(): Promise<() => void>;
  /** Takes the source's samples away. */
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
        const show = await withinTime(read(), options.timeoutMs);
        source.drop();
        show();
      } catch {
        // Why Redis does not answer is in the log of the connection; here it is a gap in the samples, which is counted.
        source.drop();
        options.onFailure(source.name);
      }
    },
  };
}

async function withinTime<Value>(promise: Promise<Value>, timeoutMs: number): Promise<Value> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${timeoutMs} ms`)), timeoutMs);
  });
  try {
    return await Promise.race([promise, timeout]);
  } finally {
    clearTimeout(timer);
  }
}
