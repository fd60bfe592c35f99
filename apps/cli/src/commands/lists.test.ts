import { eventStream, helloLog, problem, RUN_ID, runView, runViewWith, stepView } from "@batonrun/client/testing";
import { runLinks } from "@batonrun/contract";
import { afterEach, describe, expect, test } from "vitest";
import { type CliWorld, type CliWorldOptions, createCliWorld } from "../testing/cli-world.js";
import { brokenYaml, helloYaml } from "../testing/workflow-texts.js";

let world: CliWorld;
afterEach(() => world.close());

async function setup(options: CliWorldOptions = {}): Promise<void> {
  world = await createCliWorld(options);
}

const { input: _input, steps: _steps, definitionHash: _hash, output: _output, ...summary } = runView();
const CREATED = "2026-11-21T08:30:00.000Z";

describe("baton runs", () => {
  test("lists fields between tabs in a pipe", async () => {
    await setup();
    world.server.on("GET /v1/runs", { json: { items: [{ ...summary, tags: ["a", "b"] }] } });
    expect(await world.run("runs", "list", "--status", "completed", "-w", "hello", "--after", "2026-11-21")).toBe(0);
    expect(world.stdout.raw()).toBe(`${RUN_ID}\thello@1.0.0\tcompleted\t${CREATED}\t1.5s\ta,b\n`);
    expect(world.server.requests[0]?.query.toString()).toBe(
      "workflow=hello&status=completed&after=2026-11-21T00%3A00%3A00.000Z&limit=20",
    );
  });

  test("lists a table on a terminal", async () => {
    await setup({ isTerminal: true });
    world.server.on("GET /v1/runs", { json: { items: [summary], nextCursor: "more" } });
    expect(await world.run("runs", "list", "-n", "1")).toBe(0);
    expect(world.stdout.text()).toBe(
      [
        "RUN                          WORKFLOW      STATUS        CREATED     TOOK   TAGS",
        `${RUN_ID}   hello@1.0.0   ✔ completed   10.0s ago   1.5s`,
        "",
      ].join("\n"),
    );
    expect(world.stderr.text()).toBe("There are more runs. Use --all or --limit.\n");
  });

  test("reads short pages until it has enough, and returns the cursor of the next page", async () => {
    await setup();
    world.server.on("GET /v1/runs", (_exchange, time) => ({ json: { items: [summary], nextCursor: `c${time}` } }));
    expect(await world.run("runs", "list", "-n", "3", "-o", "json")).toBe(0);
    expect(JSON.parse(world.stdout.text())).toEqual({ items: [summary, summary, summary], nextCursor: "c3" });
    expect(world.server.requests.map(({ query }) => query.get("limit"))).toEqual(["3", "2", "1"]);
  });

  test("shows a run with its steps and its output", async () => {
    await setup();
    const error = { type: "connection", message: "reset\nby peer" };
    const steps = [stepView("greet"), stepView("shout", { status: "failed", attempts: 3, error })];
    world.server.on(`GET /v1/runs/${RUN_ID}`, { json: runViewWith("failed", { steps }) });
    expect(await world.run("runs", "get", RUN_ID)).toBe(0);
    const said = world.stdout.text();
    expect(said).toContain("workflow  hello 1.0.0\nstatus    ✖ failed (failed)\n");
    expect(said).toContain("shout\tfailed\tcore.noop\t3\t700ms\tconnection: reset by peer\n");
  });

  test("does not report an open run as ended", async () => {
    await setup();
    const steps = [stepView("greet", { status: "running" })];
    world.server.on(`GET /v1/runs/${RUN_ID}`, { json: runViewWith("running", { steps }) });
    expect(await world.run("runs", "get", RUN_ID)).toBe(0);
    expect(world.stdout.text()).toContain("The run is running.\n");
    expect(world.stdout.text()).not.toContain("ended");
  });

  test("watches a run as lines of JSON, and ends with its outcome", async () => {
    await setup();
    world.server.on(`GET /v1/runs/${RUN_ID}`, { json: runViewWith("cancelled") });
    world.server.on(`GET /v1/runs/${RUN_ID}/events`, { stream: (response) => response.end(eventStream(helloLog)) });
    expect(await world.run("runs", "watch", RUN_ID, "-o", "json")).toBe(3);
    const lines = world.stdout.text().trim().split("\n");
    expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual(helloLog);
  });

  test("cancels with a reason", async () => {
    await setup();
    const answer = { id: RUN_ID, status: "running", closing: "cancelled", links: runLinks(RUN_ID) };
    world.server.on(`POST /v1/runs/${RUN_ID}/cancel`, { status: 202, json: answer });
    expect(await world.run("runs", "cancel", RUN_ID, "--reason", "wrong input", "-o", "json")).toBe(0);
    expect(JSON.parse(world.server.requests[0]?.body ?? "")).toEqual({ reason: "wrong input" });
    expect(JSON.parse(world.stdout.text())).toEqual(answer);
  });

  test("reports a missing run as JSON on stderr with -o json", async () => {
    await setup();
    world.server.on("GET /v1/runs/x", problem({ status: 404, code: "run_not_found", detail: "There is no run x." }));
    expect(await world.run("runs", "get", "x", "--output=json")).toBe(6);
    expect(world.stdout.text()).toBe("");
    expect(JSON.parse(world.stderr.text())).toMatchObject({
      error: { code: "run_not_found", status: 404, traceId: "trace-1" },
    });
  });
});

describe("baton workflows", () => {
  test("validates files without a server", async () => {
    await setup();
    await world.writeFile("hello.yaml", helloYaml);
    await world.writeFile("broken.yaml", brokenYaml);
    expect(await world.run("workflows", "validate", "hello.yaml")).toBe(0);
    expect(world.stdout.text()).toBe("✔ hello.yaml is valid (2 steps)\n");
    expect(await world.run("workflows", "validate", "hello.yaml", "broken.yaml")).toBe(2);
    expect(world.stdout.text()).toContain("broken.yaml:9:5: error:");
    expect(world.stdout.text()).toContain("✖ broken.yaml: 2 errors\n");
    expect(world.server.requests).toEqual([]);
  });

  test("gives the problems as JSON", async () => {
    await setup({ stdin: brokenYaml });
    expect(await world.run("workflows", "validate", "-", "-o", "json")).toBe(2);
    const problems = [
      { line: 8, column: 13, severity: "error" },
      { line: 9, column: 5 },
    ];
    expect(JSON.parse(world.stdout.text())).toMatchObject({
      valid: false,
      files: [{ file: "<stdin>", valid: false, problems }],
    });
  });

  test("registers files as they are, all checked before the first is sent", async () => {
    await setup();
    await world.writeFile("hello.yaml", helloYaml);
    await world.writeFile("broken.yaml", brokenYaml);
    expect(await world.run("workflows", "apply", "hello.yaml", "broken.yaml")).toBe(2);
    expect(world.server.requests).toEqual([]);
    const warning = {
      pointer: "/steps/greet/action",
      line: 9,
      column: 13,
      severity: "warning",
      code: "unknown_action",
      message: "nobody runs it",
    };
    const stored = { name: "hello", version: "1.0.0", hash: "h", problems: [warning] };
    world.server.on("POST /v1/workflows", { status: 201, json: stored });
    expect(await world.run("workflows", "apply", "hello.yaml")).toBe(0);
    expect(world.server.requests[0]?.body).toBe(helloYaml);
    expect(world.stdout.text()).toBe("✔ hello@1.0.0 registered\n");
    expect(world.stderr.text()).toContain(
      "hello.yaml:9:13: warning: nobody runs it (unknown_action)\n   9 |     action: core.noop\n",
    );
  });

  test("draws a file without a server", async () => {
    await setup();
    await world.writeFile("hello.yaml", helloYaml);
    expect(await world.run("workflows", "graph", "hello.yaml")).toBe(0);
    expect(world.stdout.text()).toMatch(/^flowchart [\s\S]*greet[\s\S]*shout/);
    expect(await world.run("workflows", "graph", "hello.yaml", "-f", "dot")).toBe(0);
    expect(world.stdout.text()).toContain("digraph");
    expect(world.server.requests).toEqual([]);
  });

  test("draws a registered version in the form that is asked for", async () => {
    await setup();
    world.server.on("GET /v1/workflows/hello/graph", ({ headers, query }) => ({
      text: `${headers.accept} ${query.get("version")}`,
    }));
    expect(await world.run("workflows", "graph", "hello@2.0.0", "--format", "svg")).toBe(0);
    expect(world.stdout.text()).toBe("image/svg+xml 2.0.0\n");
  });

  test("lists registered workflows", async () => {
    await setup();
    const versions = [
      { version: "1.1.0", hash: "b", createdAt: CREATED },
      { version: "1.0.0", hash: "a", createdAt: CREATED },
    ];
    world.server.on("GET /v1/workflows", { json: { items: [{ name: "hello", latest: "1.1.0", versions }] } });
    expect(await world.run("workflows", "list")).toBe(0);
    expect(world.stdout.text()).toBe(`hello\t1.1.0\t2\t${CREATED}\n`);
  });
});

describe("baton workers and queues", () => {
  test("list who is there and what waits", async () => {
    await setup();
    const worker = {
      id: "w1",
      host: "box",
      pid: 7,
      startedAt: CREATED,
      capabilities: ["core", "text"],
      concurrency: 20,
    };
    world.server.on("GET /v1/workers", { json: { items: [{ ...worker, graphFormats: [1], actions: [] }] } });
    const queue = {
      name: "steps.text",
      waiting: 1,
      prioritized: 2,
      active: 3,
      delayed: 4,
      waitingChildren: 0,
      failed: 5,
      paused: false,
    };
    world.server.on("GET /v1/queues", { json: { items: [queue] } });
    expect(await world.run("workers")).toBe(0);
    expect(await world.run("queues")).toBe(0);
    expect(world.stdout.text()).toBe("w1\tbox:7\t10.0s\t20\tcore,text\t0\nsteps.text\t3\t3\t4\t0\t5\tno\n");
  });

  test("say that nobody is there", async () => {
    await setup();
    world.server.on("GET /v1/workers", { json: { items: [] } });
    expect(await world.run("workers")).toBe(0);
    expect(world.stdout.text()).toBe("");
    expect(world.stderr.text()).toContain("No live workers");
  });
});
