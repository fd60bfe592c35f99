import { once } from "node:events";
import { createSession } from "better-sse";
import type { Request, Response } from "express";

export interface ServerSentEvent {
  readonly id: string;
  readonly type: string;
  readonly data: unknown;
}

/** Below 60 s, after which common proxies close an idle connection. */
const KEEP_ALIVE_MS = 15_000;
const RECONNECT_MS = 2_000;

/** Writes events as they arrive, waits for slow clients, and ends the response after the last event. */
export async function streamEvents(
  events: AsyncIterable<ServerSentEvent>,
  request: Request,
  response: Response,
): Promise<void> {
  const session = await createSession(request, response, { keepAlive: KEEP_ALIVE_MS, retry: RECONNECT_MS });
  for await (const event of events) {
    if (!session.isConnected) return;
    session.push(event.data, event.type, event.id);
    if (response.writableNeedDrain) await Promise.race([once(response, "drain"), once(response, "close")]);
  }
  response.end();
}
