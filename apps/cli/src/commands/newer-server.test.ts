import { eventStream, helloLog, RUN_ID, runView, stepView } from "@batonrun/client/testing";
import { afterEach, describe, expect, test } from "vitest";
import { type CliWorld, createCliWorld } from "../testing/cli-world.js";

let world: CliWorld;
afterEach(() => world.close());

const RED = "\u001b[31m";
const steps = [
  { ...stepView("nap"), type: "wait", status: "dreaming" },
  { ...stepView("skip"), status: "skipped", reason: "budget_spent" },
];
const archived = { ...runView(), status: "archived", steps };

async function setup(isTerminal = false): Promise<void> {
  world = await createCliWorld({ isTerminal });
  world.server.on(`GET /v1/runs/${RUN_ID}`, { json: archived });
}

describe("with a newer server, baton", () => {
  test("shows unknown statuses and skip reasons as they are", async () => {
    await setup();
    expect(await world.run("runs", "get", RUN_ID)).toBe(0);
    const text = world.stdout.text();
    expect(text).toContain("status    ? archived\n");
    expect(text).toMatch(/^nap\tdreaming\t/m);
    expect(text).toContain("budget spent");
    expect(text).toContain("The run ended as archived.");
  });

  test("shows unknown statuses without a color", async () => {
    await setup(true);
    await world.run("runs", "get", RUN_ID);
    expect(world.stdout.raw()).toContain("? archived");
    expect(world.stdout.raw()).not.toContain(RED);
  });

  test("follows a run past unknown events and exits with 1 when it ends with an unknown status", async () => {
    await setup();
    const log = helloLog.map((event) => (event.seq === 6 ? { ...event, type: "run_archived" } : event));
    world.server.on(`GET /v1/runs/${RUN_ID}/events`, (_exchange, time) =>
      time === 1 ? { stream: (response) => response.end(eventStream(log)) } : { status: 204 },
    );
    expect(await world.run("runs", "watch", RUN_ID)).toBe(1);
    expect(world.stdout.text()).toContain("run_archived\n");
  });

  test("draws the live table of a run with unknown statuses", async () => {
    await setup(true);
    world.server.on(`GET /v1/runs/${RUN_ID}/events`, { stream: (response) => response.end(eventStream(helloLog)) });
    expect(await world.run("runs", "watch", RUN_ID)).toBe(1);
    expect(world.stdout.lastFrame()).toMatch(/\? nap\b/);
    expect(world.stdout.lastFrame()).toMatch(/\? hello 1\.0\.0 {2}archived/);
  });
});
