import { startTestWorker, testRedis } from "@batonrun/verify";
import request from "supertest";
import { describe, expect, onTestFinished, test } from "vitest";
import { testApi } from "../testing/test-api.js";

const definition = {
  apiVersion: "baton/v1",
  name: "two",
  version: "1.0.0",
  steps: {
    first: { action: "core.noop", with: { n: 1 } },
    second: { action: "core.noop", with: { n: "{{ first.result.n }}" } },
  },
};

async function setup() {
  const redis = testRedis();
  const cell = redis.keys.tag.slice(1, -1);
  const api = await testApi({ redisUrl: redis.url, cell });
  onTestFinished(async () => {
    await api.stop();
    await redis.close();
  });
  const url = await api.listen();
  const submit = async (headers: Readonly<Record<string, string>> = {}) =>
    await request(api.app).post("/v1/runs").set(headers).send({ definition });
  const work = async () => {
    const worker = await startTestWorker(redis);
    onTestFinished(() => worker.close({ graceMs: 1_000 }));
  };
  return { api, redis, url, submit, work };
}

function openStream(url: string, id: string, headers: Readonly<Record<string, string>> = {}, query = "") {
  return fetch(`${url}/v1/runs/${id}/events${query}`, {
    headers: { Accept: "text/event-stream", ...headers },
    signal: AbortSignal.timeout(10_000),
  });
}

/** The messages of a stream that ended. */
function messagesOf(text: string) {
  return text
    .split("\n\n")
    .filter((block) => block.includes("data:"))
    .map((block) => ({
      id: Number(/^id: ?(.*)$/m.exec(block)?.[1]),
      type: /^event: ?(.*)$/m.exec(block)?.[1],
      data: JSON.parse(/^data: ?(.*)$/m.exec(block)?.[1] ?? "null"),
    }));
}

describe("a stream of events", () => {
  test("gives every event as it comes, without a gap, and ends with the run", async () => {
    const { url, submit, work } = await setup();
    const { id } = (await submit()).body;
    const response = await openStream(url, id);
    expect(response.status).toBe(200);
    expect(response.headers.get("content-type")).toContain("text/event-stream");
    await work();
    const messages = messagesOf(await response.text());
    expect(messages.map((each) => each.id)).toEqual(messages.map((_each, index) => index + 1));
    expect(messages.map((each) => each.type)).toEqual(messages.map((each) => each.data.type));
    expect(messages.at(0)?.type).toBe("run_started");
    expect(messages.at(-1)?.type).toBe("run_completed");
  });

  test("resumes after Last-Event-ID, or after ?after=", async () => {
    const { url, submit, work } = await setup();
    await work();
    const { id } = (await submit({ Prefer: "wait=10" })).body;
    const all = messagesOf(await (await openStream(url, id)).text());
    expect(messagesOf(await (await openStream(url, id, { "Last-Event-ID": "2" })).text())).toEqual(all.slice(2));
    expect(messagesOf(await (await openStream(url, id, {}, "?after=3")).text())).toEqual(all.slice(3));
  });

  test("is answered with 204 behind the last event of a run that has ended, so that a browser does not come again", async () => {
    const { url, submit, work } = await setup();
    await work();
    const { id } = (await submit({ Prefer: "wait=10" })).body;
    const last = messagesOf(await (await openStream(url, id)).text()).length;
    expect((await openStream(url, id, { "Last-Event-ID": String(last) })).status).toBe(204);
  });

  test("of an unknown run is 404 and no stream", async () => {
    const { url } = await setup();
    const missing = await openStream(url, "01JDK7ZB5TXQ8M4W2Y9V6R3HNC");
    expect(missing.status).toBe(404);
    expect(missing.headers.get("content-type")).toContain("application/problem+json");
  });

  test("ends when the server stops", async () => {
    const { api, url, submit } = await setup();
    const { id } = (await submit()).body;
    const reader = (await openStream(url, id)).body?.getReader();
    await reader?.read();
    await api.stop();
    let rest = "";
    for (let next = await reader?.read(); next?.done === false; next = await reader?.read()) {
      rest += new TextDecoder().decode(next.value);
    }
    expect(rest).not.toContain("run_completed");
  });

  test("that the client leaves is let go", async () => {
    const { redis, url, submit } = await setup();
    const { id } = (await submit()).body;
    const listeners = async () => (await redis.client.pubsub("NUMSUB", redis.keys.changes(id)))[1];
    const left = new AbortController();
    const response = await fetch(`${url}/v1/runs/${id}/events`, {
      headers: { Accept: "text/event-stream" },
      signal: left.signal,
    });
    await response.body?.getReader().read();
    await expect.poll(listeners, { timeout: 5_000 }).toBe(1);
    left.abort();
    await expect.poll(listeners, { timeout: 5_000 }).toBe(0);
  });
});

describe("a page of events", () => {
  test("continues with a cursor and with ?after=", async () => {
    const { api, submit, work } = await setup();
    await work();
    const { id } = (await submit({ Prefer: "wait=10" })).body;
    const path = `/v1/runs/${id}/events`;
    const all = (await request(api.app).get(path)).body;
    expect(all.nextCursor).toBeUndefined();
    const first = (await request(api.app).get(path).query({ limit: 2 })).body;
    const second = (await request(api.app).get(path).query({ limit: 200, cursor: first.nextCursor })).body;
    expect([...first.items, ...second.items]).toEqual(all.items);
    const after = (await request(api.app).get(path).query({ after: 2 })).body;
    expect(after.items).toEqual(all.items.slice(2));
  });
});

describe("Prefer: wait", () => {
  test("gives the finished run with 200", async () => {
    const { submit, work } = await setup();
    await work();
    const ended = await submit({ Prefer: "wait=10" });
    expect(ended.status).toBe(200);
    expect(ended.headers["preference-applied"]).toBe("wait=10");
    expect(ended.body).toMatchObject({
      status: "completed",
      output: { second: { n: 1 } },
      steps: [
        { id: "first", status: "completed", result: { n: 1 } },
        { id: "second", status: "completed", result: { n: 1 } },
      ],
    });
    expect(ended.headers["location"]).toBe(`/v1/runs/${ended.body.id}`);
  });
});

test("a run that has ended cannot be cancelled", async () => {
  const { api, submit, work } = await setup();
  await work();
  const { id } = (await submit({ Prefer: "wait=10" })).body;
  const refused = await request(api.app).post(`/v1/runs/${id}/cancel`);
  expect([refused.status, refused.body.code]).toEqual([409, "run_ended"]);
});
