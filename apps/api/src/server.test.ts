import { connect } from "node:net";
import { describe, expect, onTestFinished, test } from "vitest";
import { closeServer, listen, serverOf } from "./server.js";

const soon = { headersMs: 100, requestMs: 200, checkMs: 20 };
const GRACE_MS = 100;

async function setup() {
  const server = serverOf((request, response) => {
    if (request.url !== "/never") request.resume().once("end", () => response.end("done"));
  }, soon);
  const port = await listen(server, { host: "127.0.0.1", port: 0 });
  onTestFinished(() => closeServer(server, GRACE_MS));
  return { server, port };
}

/** Sends the text, never the rest of it, and resolves with what came until the server ended the connection. */
function converse(port: number, text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, "127.0.0.1");
    let answer = "";
    socket.on("data", (chunk: Buffer) => {
      answer += chunk.toString();
    });
    socket.once("close", () => resolve(answer));
    socket.once("error", reject);
    socket.write(text);
  });
}

describe("a client is cut that is slow with", () => {
  test.each([
    ["its headers", "POST / HTTP/1.1\r\nHost: a\r\nX-Slow:"],
    ["its body", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n12345"],
  ])("%s", async (_name, text) => {
    const { port } = await setup();
    expect(await converse(port, text)).toContain("408 Request Timeout");
  });
});

test("headers beyond 16 KB are refused", async () => {
  const { port } = await setup();
  const answer = await converse(port, `GET / HTTP/1.1\r\nHost: a\r\nX-Large: ${"x".repeat(17_000)}\r\n\r\n`);
  expect(answer).toContain("431 Request Header Fields Too Large");
});

test("a port that is taken is an error", async () => {
  const { port } = await setup();
  const second = serverOf(() => undefined);
  await expect(listen(second, { host: "127.0.0.1", port })).rejects.toThrow("EADDRINUSE");
});

test("closing cuts a request that does not end within the grace", async () => {
  const { server, port } = await setup();
  const hanging = fetch(`http://127.0.0.1:${port}/never`);
  await new Promise((resolve) => server.once("request", resolve));
  const [outcome] = await Promise.allSettled([hanging, closeServer(server, GRACE_MS)]);
  expect(outcome.status).toBe("rejected");
});
