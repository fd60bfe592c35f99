/** One message of a `text/event-stream`. */
export interface ServerSentEvent {
  /** The last `id` that the stream gave, "" before the first. */
  readonly id: string;
  readonly type: string;
  readonly data: string;
}

interface Draft {
  id: string;
  type: string;
  data: string[];
}

/**
 * Messages of a stream by the rules of the HTML standard: lines end with LF, CR or CRLF, wherever the network cut
 * them; a message that its blank line does not close is dropped.
 */
export async function* readServerSentEvents(
  chunks: AsyncIterable<Uint8Array>,
): AsyncGenerator<ServerSentEvent, void, undefined> {
  const draft: Draft = { id: "", type: "", data: [] };
  for await (const line of readLines(chunks)) {
    if (line !== "") {
      takeField(draft, line);
      continue;
    }
    const { id, type, data } = draft;
    draft.type = "";
    draft.data = [];
    if (data.length > 0) yield { id, type: type || "message", data: data.join("\n") };
  }
}

async function* readLines(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<string, void, undefined> {
  const decoder = new TextDecoder();
  let rest = "";
  for await (const chunk of chunks) {
    rest += decoder.decode(chunk, { stream: true });
    // A CR at the very end may be the first half of a CRLF: it waits for what comes next.
    const complete = rest.endsWith("\r") ? rest.slice(0, -1) : rest;
    const lines = complete.split(/\r\n|\n|\r/);
    const open = lines.pop() ?? "";
    rest = open + rest.slice(complete.length);
    yield* lines;
  }
}

function takeField(draft: Draft, line: string): void {
  const colon = line.indexOf(":");
  if (colon === 0) return;
  const name = colon === -1 ? line : line.slice(0, colon);
  const value = colon === -1 ? "" : line.slice(colon + 1).replace(/^ /, "");
  switch (name) {
    case "id":
      if (!value.includes("\0")) draft.id = value;
      return;
    case "event":
      draft.type = value;
      return;
    case "data":
      draft.data.push(value);
      return;
  }
}
