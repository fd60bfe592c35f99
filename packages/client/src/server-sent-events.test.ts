import { describe, expect, test } from "vitest";
import { readServerSentEvents, type ServerSentEvent } from "./server-sent-events.js";

const stream =
  ": hello\r\nid: 1\nevent: step_started\rdata: a\ndata:  b\n\nretry: 5\ndata: ü\n\n\n\nid\ndata\n\ndata: lost";

async function read(chunks: readonly Uint8Array[]): Promise<readonly ServerSentEvent[]> {
  const read: ServerSentEvent[] = [];
  for await (const event of readServerSentEvents(ReadableStream.from(chunks))) read.push(event);
  return read;
}

const messages = [
  { id: "1", type: "step_started", data: "a\n b" },
  { id: "1", type: "message", data: "ü" },
  { id: "", type: "message", data: "" },
];

describe("a stream of server-sent events", () => {
  test("gives messages by the standard, and drops what no blank line closes", async () => {
    expect(await read([Buffer.from(stream)])).toEqual(messages);
  });

  test("gives the same messages wherever the network cuts it", async () => {
    const bytes = Buffer.from(stream);
    for (let cut = 1; cut < bytes.length; cut++) {
      expect(await read([bytes.subarray(0, cut), bytes.subarray(cut)])).toEqual(messages);
    }
    expect(await read([...bytes].map((byte) => Uint8Array.of(byte)))).toEqual(messages);
  });
});
