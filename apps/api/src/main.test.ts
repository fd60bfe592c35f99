import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { testRedis } from "@batonrun/verify";
import { expect, onTestFinished, test } from "vitest";
import { z } from "zod";

const main = fileURLToPath(new URL("./main.ts", import.meta.url));

/** A line of the log. */
const Line = z.looseObject({ level: z.string(), msg: z.string() });
type Line = z.infer<typeof Line>;

/** The process as it is deployed, on a port of its own. */
async function setup(environment: Readonly<Record<string, string>> = {}) {
  const redis = testRedis();
  const child = spawn(process.execPath, ["--conditions=source", "--import", "tsx", main], {
    env: {
      ...process.env,
      BATON_REDIS_URL: redis.url,
      BATON_CELL: redis.keys.tag.slice(1, -1),
      BATON_PORT: "0",
      ...environment,
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  onTestFinished(async () => {
    child.kill("SIGKILL");
    await redis.close();
  });
  const lines: Line[] = [];
  const listening = followLog(child, lines);
  return { child, lines, listening };
}

/** Collects the lines; resolves with the address once the process listens and Redis answers. */
function followLog(child: ChildProcess, lines: Line[]): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = "";
    let errors = "";
    child.stderr?.on("data", (chunk: Buffer) => {
      errors += chunk.toString();
    });
    child.stdout?.on("data", (chunk: Buffer) => {
      text += chunk.toString();
      const complete = text.split("\n");
      text = complete.pop() ?? "";
      for (const line of complete) lines.push(Line.parse(JSON.parse(line)));
      const address = lines
        .map((line) => /^listening on (.+)$/.exec(line.msg)?.[1])
        .find((found) => found !== undefined);
      const isReady = lines.some((line) => /^Redis .* durability/.test(line.msg));
      if (address !== undefined && isReady) resolve(address);
    });
    child.once("exit", (code) =>
      reject(new Error(`the process ended with ${code}: ${errors}${JSON.stringify(lines)}`)),
    );
  });
}

test("SIGTERM ends streams and requests, and the process with 0", async () => {
  const { child, lines, listening } = await setup();
  const url = await listening;
  const definition = { apiVersion: "baton/v1", name: "a", version: "1.0.0", steps: { a: { action: "core.noop" } } };
  const headers = { "Content-Type": "application/json", Prefer: "wait=30" };
  const waiting = fetch(`${url}/v1/runs`, { method: "POST", headers, body: JSON.stringify({ definition }) });
  const run = await fetch(`${url}/v1/runs`, {
    method: "POST",
    headers: { "Content-Type": "application/json", "X-Request-Id": "the-second" },
    body: JSON.stringify({ definition }),
  });
  const { id } = z.object({ id: z.string() }).parse(await run.json());
  const stream = await fetch(`${url}/v1/runs/${id}/events`, { headers: { Accept: "text/event-stream" } });
  await expect
    .poll(async () => (await (await fetch(`${url}/v1/runs`)).text()).split('"id"').length - 1, { timeout: 10_000 })
    .toBe(2);

  child.kill("SIGTERM");
  expect((await waiting).status).toBe(202);
  expect(await stream.text()).not.toContain("run_completed");
  const [code] = await once(child, "exit");
  expect(code).toBe(0);
  expect(lines.at(-1)?.msg).toBe("stopped");
  expect(lines).toContainEqual(
    expect.objectContaining({
      msg: "POST /v1/runs 202",
      run: id,
      req: { id: "the-second", method: "POST", url: "/v1/runs" },
    }),
  );
  expect(lines).toContainEqual(
    expect.objectContaining({ msg: `GET /v1/runs/${id}/events 200`, level: "info", run: id }),
  );
});

test("what is asked for health and metrics is not logged", async () => {
  const { lines, listening } = await setup();
  const url = await listening;
  for (const path of ["/healthz", "/readyz", "/metrics", "/v1/workers"]) await fetch(url + path);
  await expect.poll(() => lines.at(-1)?.msg, { timeout: 10_000 }).toBe("GET /v1/workers 200");
  expect(lines.filter((line) => /healthz|readyz|metrics/.test(line.msg))).toEqual([]);
});

test("an invalid configuration is reported in full, and the process does not start", async () => {
  const { child, listening } = await setup({ BATON_PORT: "http", BATON_RETENTION: "7" });
  await expect(listening).rejects.toThrow(/BATON_PORT[\s\S]*BATON_RETENTION/);
  expect(child.exitCode).toBe(2);
});

test("the configuration is printed without secrets", async () => {
  // Nothing answers there: the configuration is printed before Redis is looked for.
  const { lines, listening } = await setup({ BATON_REDIS_URL: "redis://:hunter2@127.0.0.1:1" });
  listening.catch(() => undefined);
  await expect.poll(() => lines[0]?.msg, { timeout: 10_000 }).toBe("configuration");
  expect(lines[0]).toMatchObject({ config: { host: "127.0.0.1", retentionMs: 604_800_000 } });
  expect(JSON.stringify(lines)).toContain("//***@127.0.0.1:1");
  expect(JSON.stringify(lines)).not.toContain("hunter2");
});
