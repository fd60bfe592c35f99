import { isTerminalRunStatus, type Received, RunEvent, RunStatus, received } from "@batonrun/contract";
import { BatonApiError, isRetryable } from "./api-error.js";
import { type Backoff, pause } from "./backoff.js";
import { readServerSentEvents } from "./server-sent-events.js";
import { tryParseJson } from "./try-parse-json.js";

export interface Reconnect {
  /** Failures in a row, 1 for the first. */
  readonly failures: number;
  readonly delayMs: number;
  readonly error: BatonApiError;
}

export interface FollowOptions {
  /** Events after this seq; 0, the default: from the first. */
  readonly after?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Told before each pause between two connections. */
  readonly onReconnect?: ((reconnect: Reconnect) => void) | undefined;
  /** Failures in a row after which the error is thrown; 20 by default, some two minutes. */
  readonly maxFailures?: number | undefined;
  /** A connection that is silent for so long is dead: the server sends a comment every 15 s. */
  readonly idleTimeoutMs?: number | undefined;
}

/** An event; of a newer server, one whose type this version does not know. */
type ReceivedEvent = Received<RunEvent>;

/** Where events come from. */
export interface EventSource {
  readonly backoff: Backoff;
  /** Opens the stream behind `after`. */
  connect(after: number, signal: AbortSignal): Promise<Response>;
  /** Whether the run has ended. */
  hasEnded(signal: AbortSignal | undefined): Promise<boolean>;
}

const MAX_FAILURES = 20;
const IDLE_TIMEOUT_MS = 45_000;

/** Every `run_<terminal status>`: nothing follows it. */
const terminalEventTypes: ReadonlySet<string> = new Set(
  RunStatus.options.filter(isTerminalRunStatus).map((status) => `run_${status}`),
);

/**
 * Every event of a run once, in order of seq, until the run has ended.
 *
 * FE1 an event is given once: what a new connection repeats is dropped.
 * FE2 no event is left out: a gap in seq is a failed connection, and the next one begins behind the last event given.
 * FE3 a stream that ends silently, twice, of a run that had ended between the two, has given all there is.
 */
export async function* followEvents(
  source: EventSource,
  options: FollowOptions = {},
): AsyncGenerator<ReceivedEvent, void, undefined> {
  const { signal, onReconnect, maxFailures = MAX_FAILURES } = options;
  let seq = options.after ?? 0;
  let failures = 0;
  let hasEnded = false;
  while (true) {
    let isSilent = true;
    try {
      for await (const event of connection(source, seq, options)) {
        if (event.seq <= seq) continue;
        if (event.seq > seq + 1) throw broken(`event ${event.seq} arrived after event ${seq}`);
        seq = event.seq;
        failures = 0;
        isSilent = false;
        yield event;
        if (terminalEventTypes.has(event.type)) return;
      }
      if (isSilent && hasEnded) return;
      hasEnded = isSilent && (await source.hasEnded(signal));
      if (hasEnded) continue;
      throw broken("the stream ended before the run did");
    } catch (error) {
      failures++;
      if (signal?.aborted === true || !isRetryable(error) || failures >= maxFailures) throw error;
      const delayMs = error.retryAfterMs ?? source.backoff(failures);
      onReconnect?.({ failures, delayMs, error });
      await pause(delayMs, signal);
    }
  }
}

/** The events of one connection. Leaving the loop closes it. */
async function* connection(
  source: EventSource,
  after: number,
  { signal, idleTimeoutMs = IDLE_TIMEOUT_MS }: FollowOptions,
): AsyncGenerator<ReceivedEvent, void, undefined> {
  const own = new AbortController();
  const both = signal === undefined ? own.signal : AbortSignal.any([own.signal, signal]);
  try {
    const response = await withinIdle(own, idleTimeoutMs, () => source.connect(after, both));
    // The run has ended, and nothing follows `after`.
    if (response.status === 204) return;
    if (response.body === null) throw broken("the stream has no body");
    for await (const message of readServerSentEvents(chunks(response.body, own, idleTimeoutMs))) {
      yield parseEvent(message.data);
    }
  } catch (error) {
    if (signal?.aborted === true) throw signal.reason;
    if (error instanceof BatonApiError) throw error;
    throw broken("the connection was lost", error);
  } finally {
    own.abort();
  }
}

async function* chunks(
  body: ReadableStream<Uint8Array>,
  own: AbortController,
  idleTimeoutMs: number,
): AsyncGenerator<Uint8Array, void, undefined> {
  const reader = body.getReader();
  while (true) {
    const chunk = await withinIdle(own, idleTimeoutMs, () => reader.read());
    if (chunk.done) return;
    yield chunk.value;
  }
}

/** Aborts the connection when nothing comes of `act` in time. */
async function withinIdle<Value>(
  own: AbortController,
  idleTimeoutMs: number,
  act: () => Promise<Value>,
): Promise<Value> {
  const timer = setTimeout(() => own.abort(broken(`no data for ${idleTimeoutMs} ms`)), idleTimeoutMs);
  try {
    return await act();
  } finally {
    clearTimeout(timer);
  }
}

function parseEvent(data: string): ReceivedEvent {
  const parsed = received(RunEvent).safeParse(tryParseJson(data));
  if (parsed.success) return parsed.data;
  throw broken(`an event cannot be parsed: ${parsed.error.issues[0]?.message ?? data.slice(0, 100)}`);
}

function broken(reason: string, cause?: unknown): BatonApiError {
  const message = `The run's event stream was interrupted: ${reason}`;
  return new BatonApiError(message, { code: "unreachable", status: 0, retryable: true, cause });
}
