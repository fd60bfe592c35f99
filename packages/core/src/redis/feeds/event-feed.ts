/**
 * Run changes over one subscriber connection.
 *
 * EF1 `subscribe` resolves when Redis has confirmed: a change published after that reaches the listener.
 * EF2 a channel is left with its last listener, and not while another one is coming.
 * EF3 after a lost connection every listener is called with seq 0 (unknown), because messages may have been missed.
 */
import type { RunId } from "@batonrun/contract";
import type { EventFeed } from "../../ports/run-reader.js";
import type { RedisCell } from "../cell.js";
import { fromRedis } from "../redis-failure.js";

type Listener = (seq: number) => void;

/** `client` must be a connection of its own, of the role `subscriber`; `close` ends it. */
export function redisEventFeed({ client, keys }: RedisCell): EventFeed {
  const channels = new Map<string, Set<Listener>>();
  client.on("message", (channel: string, message: string) => tell(channels.get(channel), Number(message)));
  client.on("ready", () => void resubscribe());

  async function resubscribe(): Promise<void> {
    if (channels.size === 0) return;
    // When this fails the connection is lost again, and the next one does it.
    await client.subscribe(...channels.keys()).catch(() => undefined);
    for (const listeners of channels.values()) tell(listeners, 0);
  }

  async function leave(channel: string, listener: Listener): Promise<void> {
    const listeners = channels.get(channel);
    if (listeners === undefined || !listeners.delete(listener) || listeners.size > 0) return;
    channels.delete(channel);
    // Without a connection there is nothing to leave: only what is in `channels` is subscribed to again.
    if (client.status === "ready") await fromRedis(client.unsubscribe(channel));
  }

  return {
    async subscribe(id: RunId, onChange: Listener) {
      const channel = keys.changes(id);
      // One listener a call, though the same function may come twice.
      const listener: Listener = (seq) => onChange(seq);
      const listeners = channels.get(channel) ?? new Set();
      channels.set(channel, listeners.add(listener));
      try {
        // Sent even when the channel is known: Redis answers in order, so that this one's confirmation is certain.
        await fromRedis(client.subscribe(channel));
      } catch (error) {
        await leave(channel, listener);
        throw error;
      }
      return () => leave(channel, listener);
    },
    async close() {
      channels.clear();
      client.disconnect();
    },
  };
}

function tell(listeners: ReadonlySet<Listener> | undefined, seq: number): void {
  for (const listener of listeners ?? []) listener(seq);
}
