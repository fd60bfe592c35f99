import type { Received, RunEvent } from "@batonrun/contract";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type BatonClient, createBatonClient } from "./client.js";
import type { FollowOptions, Reconnect } from "./follow-events.js";
import { eventLog, eventStream, helloLog, RUN_ID, runView, runViewWith } from "./testing/run-scripts.js";
import { problem, type ScriptedServer, startScriptedServer } from "./testing/scripted-server.js";

const EVENTS = `GET /v1/runs/${RUN_ID}/events`;
const RUN = `GET /v1/runs/${RUN_ID}`;

let server: ScriptedServer;
let baton: BatonClient;

beforeEach(async () => {
  server = await startScriptedServer();
  baton = createBatonClient({ server: server.url, backoff: () => 0, retries: 0 });
});
afterEach(() => server.close());

async function follow(options: FollowOptions = {}): Promise<readonly Received<RunEvent>[]> {
  const given: Received<RunEvent>[] = [];
  for await (const event of baton.runs.events(RUN_ID, options)) given.push(event);
  return given;
}

/** What each connection asked to begin behind. */
function resumedFrom(): readonly (string | undefined)[] {
  const connections = server.requests.filter((request) => request.path.endsWith("/events"));
  return connections.map((request) => request.headers["last-event-id"]?.toString());
}

describe("following a run's events", () => {
  test("gives every event in order and ends with the run", async () => {
    server.on(EVENTS, { stream: (response) => response.write(eventStream(helloLog)) });
    expect(await follow()).toEqual(helloLog);
  });

  test("resumes behind the last event when the connection is cut in the middle of one", async () => {
    const text = eventStream(helloLog);
    server.on(EVENTS, (_exchange, time) => ({
      stream: (response) => {
        if (time > 1) response.end(eventStream(helloLog.slice(2)));
        else response.write(text.slice(0, text.indexOf('"seq":3')), () => response.destroy());
      },
    }));
    const reconnects: Reconnect[] = [];
    expect(await follow({ onReconnect: (reconnect) => reconnects.push(reconnect) })).toEqual(helloLog);
    expect(resumedFrom()).toEqual([undefined, "2"]);
    expect(reconnects).toMatchObject([{ failures: 1, delayMs: 0, error: { code: "unreachable" } }]);
  });

  test("gives an event once, though a connection repeats it (FE1)", async () => {
    server.on(EVENTS, (_exchange, time) => ({
      stream: (response) => response.end(eventStream(time === 1 ? helloLog.slice(0, 3) : helloLog)),
    }));
    server.on(RUN, { json: runViewWith("running") });
    expect(await follow()).toEqual(helloLog);
  });

  test("does not pass over a gap: it asks again from the last event it gave (FE2)", async () => {
    const gapped = helloLog.filter((event) => event.seq !== 3);
    server.on(EVENTS, (_exchange, time) => ({
      stream: (response) => response.end(eventStream(time === 1 ? gapped : helloLog.slice(2))),
    }));
    expect(await follow()).toEqual(helloLog);
    expect(resumedFrom()).toEqual([undefined, "2"]);
  });

  test("takes a silent connection for dead", async () => {
    server.on(EVENTS, (_exchange, time) => ({
      stream: (response) => (time === 1 ? undefined : response.end(eventStream(helloLog))),
    }));
    expect(await follow({ idleTimeoutMs: 50 })).toEqual(helloLog);
  });

  test("ends when it begins behind the last event of an ended run (FE3)", async () => {
    server.on(EVENTS, { stream: (response) => response.end() });
    server.on(RUN, { json: runView() });
    expect(await follow({ after: 6 })).toEqual([]);
    expect(resumedFrom()).toEqual(["6", "6"]);
  });

  test("yields events of a newer server whose type it does not know", async () => {
    const newer = helloLog.map((event) => (event.seq === 2 ? { ...event, type: "step_dreamt" } : event));
    server.on(EVENTS, { stream: (response) => response.end(eventStream(newer)) });
    expect(await follow()).toEqual(newer);
  });

  test("ends when the run has an unknown status and an end time", async () => {
    const newer = helloLog.map((event) => (event.seq === 6 ? { ...event, type: "run_archived" } : event));
    server.on(EVENTS, (_exchange, time) =>
      time === 1 ? { stream: (response) => response.end(eventStream(newer)) } : { status: 204 },
    );
    server.on(RUN, { json: { ...runView(), status: "archived" } });
    expect(await follow({ maxFailures: 3 })).toEqual(newer);
  });

  test("continues while the run has an unknown status and no end time", async () => {
    const { endedAt: _endedAt, ...open } = runView();
    server.on(EVENTS, (_exchange, time) => ({
      stream: (response) => response.end(eventStream(time < 3 ? helloLog.slice(0, 1) : helloLog)),
    }));
    server.on(RUN, { json: { ...open, status: "dreaming" } });
    expect(await follow()).toEqual(helloLog);
  });

  test("does not try again what cannot succeed", async () => {
    server.on(EVENTS, problem({ status: 404, code: "run_not_found", detail: "Run not found." }));
    await expect(follow()).rejects.toMatchObject({ code: "run_not_found", status: 404 });
    expect(server.requests).toHaveLength(1);
  });

  test("gives up after so many failures in a row, with the reason", async () => {
    server.on(EVENTS, problem({ status: 503, code: "redis_unavailable", detail: "Redis does not answer." }));
    await expect(follow({ maxFailures: 3 })).rejects.toMatchObject({ code: "redis_unavailable", status: 503 });
    expect(server.requests).toHaveLength(3);
  });

  test("counts failures anew after an event", async () => {
    const log = eventLog({ type: "run_started" }, { type: "step_started", step: "a" }, { type: "run_failed" });
    server.on(EVENTS, (_exchange, time) => ({
      stream: (response) => {
        if (time % 2 === 1) response.destroy();
        else response.write(eventStream(log.slice(time / 2 - 1, time / 2)), () => response.destroy());
      },
    }));
    expect(await follow({ maxFailures: 3 })).toEqual(log);
  });

  test("closes its connection when the caller stops reading", async () => {
    const closed = new Promise<void>((resolve) => {
      server.on(EVENTS, {
        stream: (response) => {
          response.on("close", resolve);
          response.write(eventStream(helloLog.slice(0, 2)));
        },
      });
    });
    for await (const event of baton.runs.events(RUN_ID)) if (event.seq === 2) break;
    await closed;
  });

  test("ends with the signal's reason when it is aborted while it waits", async () => {
    const abort = new AbortController();
    server.on(EVENTS, { stream: (response) => response.write(eventStream(helloLog.slice(0, 1))) });
    const reason = new Error("enough");
    const reading = (async () => {
      for await (const _event of baton.runs.events(RUN_ID, { signal: abort.signal })) abort.abort(reason);
    })();
    await expect(reading).rejects.toBe(reason);
  });
});

describe("waiting for a run", () => {
  test("answers with the run as it stands after its last event", async () => {
    server.on(EVENTS, { stream: (response) => response.end(eventStream(helloLog)) });
    server.on(RUN, { json: runView() });
    expect(await baton.runs.wait(RUN_ID)).toEqual(runView());
  });
});
