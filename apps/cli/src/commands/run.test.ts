import {
  eventLog,
  eventStream,
  helloLog,
  problem,
  RUN_ID,
  runView,
  runViewWith,
  stepView,
} from "@batonrun/client/testing";
import type { RunEvent, RunView } from "@batonrun/contract";
import { afterEach, describe, expect, test } from "vitest";
import { type CliWorld, type CliWorldOptions, createCliWorld } from "../testing/cli-world.js";
import { brokenYaml, helloYaml } from "../testing/workflow-texts.js";

let world: CliWorld;
afterEach(() => world.close());

/** A server that accepts a run and streams its events. */
async function setup(
  story: { readonly view?: RunView; readonly log?: readonly RunEvent[] } = {},
  options: CliWorldOptions = {},
): Promise<CliWorld> {
  const { view = runView(), log = helloLog } = story;
  world = await createCliWorld(options);
  await world.writeFile("hello.yaml", helloYaml);
  world.server.on("POST /v1/runs", { status: 202, json: { ...view, status: "running" } });
  world.server.on(`GET /v1/runs/${RUN_ID}`, { json: view });
  world.server.on(`GET /v1/runs/${RUN_ID}/events`, { stream: (response) => response.end(eventStream(log)) });
  return world;
}

function submitted(): unknown {
  const request = world.server.requests.find(({ method, path }) => method === "POST" && path === "/v1/runs");
  return JSON.parse(request?.body ?? "null");
}

describe("baton run", () => {
  test("sends a file's definition with the input, follows the run, and prints its output", async () => {
    await setup();
    const code = await world.run("run", "hello.yaml", "-i", "name=Ada", "-t", "a", "--tag", "b", "--priority", "7");
    expect(code).toBe(0);
    expect(submitted()).toMatchObject({
      definition: { name: "hello", steps: { greet: { action: "core.noop" } } },
      input: { name: "Ada" },
      tags: ["a", "b"],
      priority: 7,
    });
    expect(world.stdout.text()).toBe(
      [
        "2026-11-21T08:30:00.000Z run_started",
        "2026-11-21T08:30:00.100Z step_started greet",
        "2026-11-21T08:30:00.200Z step_completed greet",
        "2026-11-21T08:30:00.300Z step_started shout",
        "2026-11-21T08:30:00.400Z step_completed shout",
        "2026-11-21T08:30:00.500Z run_completed",
        '{\n  "greeting": "Hello, Ada"\n}\n',
      ].join("\n"),
    );
    expect(world.stderr.text()).toBe("");
  });

  test("asks for a registered workflow by name and version, with key and delay", async () => {
    await setup();
    const line = ["run", "hello@1.0.0", "-i", "@-", "--delay", "10s", "--idempotency-key", "k1", "-o", "json"];
    expect(await world.run(...line.with(3, "name=Ada"))).toBe(6);
    world.server.on("GET /v1/workflows/hello/versions/1.0.0", {
      json: {
        ...{ name: "hello", version: "1.0.0", hash: "h", createdAt: "2026-11-21T08:30:00.000Z" },
        definition: { input: { properties: { name: { type: "string" } } } },
        graph: { workflow: "hello", version: "1.0.0", nodes: [], edges: [] },
      },
    });
    expect(await world.run(...line.with(3, "name=007"))).toBe(0);
    expect(submitted()).toEqual({ workflow: "hello@1.0.0", input: { name: "007" }, delay: "10s" });
    expect(world.server.requests.find(({ method }) => method === "POST")?.headers["idempotency-key"]).toBe("k1");
  });

  test("writes the run and nothing else on stdout under -o json", async () => {
    await setup();
    expect(await world.run("run", "hello.yaml", "-o", "json")).toBe(0);
    expect(JSON.parse(world.stdout.text())).toEqual(runView());
    expect(world.stderr.text()).toBe("");
  });

  test.each([
    ["completed", 0],
    ["failed", 1],
    ["rolled_back", 1],
    ["rollback_failed", 1],
    ["cancelled", 3],
    ["timed_out", 4],
  ] as const)("ends a run that is %s with exit code %i", async (status, code) => {
    await setup({
      view: status === "completed" ? runView() : runViewWith(status),
      log: eventLog({ type: "run_started" }, { type: `run_${status}` as "run_failed" }),
    });
    expect(await world.run("run", "hello", "-o", "json")).toBe(code);
  });

  test("shows why a run failed, step by step", async () => {
    const error = { type: "timeout", message: "no answer within 5m" };
    const steps = [
      stepView("greet", { status: "failed", attempts: 3, error }),
      stepView("shout", { status: "cancelled" }),
    ];
    await setup({ view: runViewWith("failed", { steps }) });
    expect(await world.run("run", "hello")).toBe(1);
    expect(world.stdout.text()).toContain(
      "The run ended as failed.\n  ✖ greet after 3 attempts: timeout: no answer within 5m",
    );
  });

  test("shows every problem of a file in its line, and sends nothing", async () => {
    await setup();
    await world.writeFile("broken.yaml", brokenYaml);
    expect(await world.run("run", "broken.yaml")).toBe(2);
    const said = world.stderr.text();
    expect(said).toMatch(/^broken\.yaml:8:13: error: .*gret.*\n {3}8 \| {5}needs: \[gret\]\n {5}\| {13}\^$/m);
    expect(said).toMatch(/^broken\.yaml:9:5: error: .*color/m);
    expect(said).toContain("error: broken.yaml has 2 errors; nothing was sent.");
    expect(world.server.requests).toEqual([]);
  });

  test("prints only the run's id with --detach", async () => {
    await setup();
    expect(await world.run("run", "hello", "--detach")).toBe(0);
    expect(world.stdout.text()).toBe(`${RUN_ID}\n`);
  });

  test("leaves the run at Ctrl-C and says how to find it again", async () => {
    await setup();
    world.server.on(`GET /v1/runs/${RUN_ID}/events`, {
      stream: (response) => response.write(eventStream(helloLog.slice(0, 2)), () => world.interrupt()),
    });
    expect(await world.run("run", "hello", "--server", world.server.url)).toBe(130);
    expect(world.stderr.text()).toContain(`baton runs watch ${RUN_ID} --server ${world.server.url}`);
    expect(world.stderr.text()).toContain(`baton runs cancel ${RUN_ID}`);
    expect(world.server.requests.some(({ path }) => path.endsWith("/cancel"))).toBe(false);
  });

  test("shows what the API finds wrong with the input", async () => {
    await setup();
    const errors = [{ pointer: "/input/name", message: "must be a string" }];
    const detail = "The input does not match the workflow's schema.";
    world.server.on("POST /v1/runs", problem({ status: 422, code: "input_invalid", detail, errors }));
    expect(await world.run("run", "hello")).toBe(2);
    expect(world.stderr.text()).toBe(
      `error: ${detail}\n  /input/name: must be a string\ninput_invalid, trace trace-1\n`,
    );
  });

  test("says which address does not answer and how to start Baton", async () => {
    await setup();
    const { url } = world.server;
    await world.server.close();
    expect(await world.run("run", "hello")).toBe(5);
    expect(world.stderr.text()).toMatch(
      new RegExp(`^error: ${url} cannot be reached: .*\nhint: Start Baton with \`npm start\``),
    );
  });
});

describe("baton run on a terminal", () => {
  test("leaves the finished table and the output readable", async () => {
    const view = runView({ output: { report: "# Title\nText", pages: 3 } });
    await setup({ view }, { isTerminal: true });
    expect(await world.run("run", "hello.yaml")).toBe(0);
    expect(world.stdout.lastFrame()).toBe(
      [
        `✔ hello 1.0.0  completed  ${RUN_ID}`,
        "",
        "  ✔ greet  core.noop    100ms",
        "  ✔ shout  core.noop    100ms",
        "",
        "  2 of 2 steps · 1.5s",
        "",
        "report:",
        "  # Title",
        "  Text",
        "pages: 3",
        "",
      ].join("\n"),
    );
  });

  test("draws while the run is open, and restores the cursor", async () => {
    await setup({}, { isTerminal: true });
    world.server.on(`GET /v1/runs/${RUN_ID}/events`, (_exchange, time) => ({
      stream: (response) => {
        if (time > 1) response.end(eventStream(helloLog.slice(2)));
        else response.write(eventStream(helloLog.slice(0, 2)), () => response.destroy());
      },
    }));
    const running = world.run("run", "hello");
    const frame = (): string => {
      world.tick();
      return world.stdout.lastFrame();
    };
    await expect
      .poll(frame, { interval: 5 })
      .toMatch(/. greet {2}core\.noop[\s\S]*event stream was interrupted: .*retrying in/);
    expect(await running).toBe(0);
    expect(world.stdout.raw()).toContain("\u001b[?25l");
    expect(world.stdout.raw().lastIndexOf("\u001b[?25h")).toBeGreaterThan(
      world.stdout.raw().lastIndexOf("\u001b[?25l"),
    );
  });

  test("lets nothing of a result command the terminal", async () => {
    await setup({ view: runView({ output: "a\u001b]0;title\u0007b\u001b[2Jc\u009b31m" }) }, { isTerminal: true });
    await world.run("run", "hello");
    expect(world.stdout.raw()).toContain("a\u{fffd}]0;title\u{fffd}b\u{fffd}[2Jc\u{fffd}31m");
  });

  test.each([
    ["NO_COLOR", { NO_COLOR: "1" }],
    ["TERM=dumb", { TERM: "dumb" }],
  ])("writes no colors under %s", async (_name, environment) => {
    await setup({}, { isTerminal: true, environment });
    await world.run("run", "hello");
    const sequences = world.stdout.raw().split("\u001b[").slice(1);
    expect(sequences.filter((sequence) => /^[0-9;]+m/.test(sequence))).toEqual([]);
  });

  test("writes plain lines in CI", async () => {
    await setup({}, { isTerminal: true, environment: { CI: "true" } });
    await world.run("run", "hello");
    expect(world.stdout.text()).toContain("08:30:00.500Z run_completed");
    expect(world.stdout.raw()).not.toContain("\u001b[?25l");
  });
});
