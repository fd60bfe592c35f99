import { type RedisServer, startRedisServer } from "@batonrun/verify";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { median, quantile } from "./figures.js";
import { parseOptions } from "./options.js";
import { table } from "./report.js";
import { runBench } from "./run-bench.js";
import type { Measurement, Scenario } from "./scenario.js";
import { scenarios } from "./scenarios/index.js";
import { diamond, layeredDag, type TreeNode, treeEdges, treeOf } from "./shape.js";
import { judge } from "./targets.js";

let server: RedisServer;
beforeAll(async () => {
  server = await startRedisServer();
});
afterAll(async () => {
  await server.stop();
});

/** Steps of one run, by scenario; 0 where runs are only started. */
const stepsOfRun: Readonly<Record<string, number>> = {
  chain: 10,
  "chain-reading": 10,
  "fan-out": 102,
  diamond: 4,
  dag: 600,
  "idle-chain": 10,
  "idle-chain-reading": 10,
  "idle-diamond": 4,
  "start-chain": 0,
  "start-single": 0,
};

describe("the short form of the bench", () => {
  test.each(scenarios)("every system executes each step of $name once", { timeout: 60_000 }, async (scenario) => {
    const measured: Measurement[] = [];
    const observed: Scenario = {
      ...scenario,
      measure: async (...args) => {
        const measurement = await scenario.measure(...args);
        measured.push(measurement);
        return measurement;
      },
    };
    const rows = await runBench(server.url, [observed], { quick: true, repeats: 1, progress: () => undefined });

    const { quick } = scenario.runs;
    expect(measured).toHaveLength(scenario.systems.length);
    expect(measured.map(({ steps }) => steps)).toEqual(measured.map(() => quick * (stepsOfRun[scenario.name] ?? -1)));
    expect(measured.map(({ runMs }) => runMs.length)).toEqual(measured.map(() => quick));
    expect(measured.flatMap(({ runMs, handOffMs }) => [...runMs, ...handOffMs]).filter(Number.isNaN)).toEqual([]);
    expect(table(rows).split("\n")).toHaveLength(scenario.systems.length + 2);
    expect(table(rows)).not.toContain("NaN");
  });

  test("each promise of the bench is judged on a scenario that is there", () => {
    const row = { system: "baton", toRaw: 1, settleTrips: 1, claimTrips: 1 } as const;
    const rows = scenarios.map(({ name, title, compares }) => ({
      ...figures,
      ...row,
      scenario: name,
      title,
      compares,
    }));
    expect(judge(rows)).toHaveLength(16);
    expect(judge(rows).filter(({ isReached }) => isReached)).toHaveLength(10);
  });
});

const figures = {
  ...{ perSecond: 1, nodeUs: 1, redisUs: 1, cpuUs: 1, runP50Ms: 1, runP99Ms: 1, commands: 1, trips: 1 },
  ...{ handOffP50Ms: null, handOffP99Ms: null, bytesPerRun: null },
};

describe("shapes", () => {
  test("a seed gives the same graph each time, and edges only from one layer to the next", () => {
    const size = { layers: 20, width: 30, seed: 20 };
    const shape = layeredDag(size);
    expect(shape).toEqual(layeredDag(size));
    expect(shape.steps).toHaveLength(600);
    for (const { id, needs } of shape.steps) {
      for (const need of needs) expect(layerOf(need)).toBe(layerOf(id) - 1);
    }
  });

  test("the tree of raw flows holds each step once", () => {
    const shape = layeredDag({ layers: 6, width: 9, seed: 3 });
    const count = (nodes: readonly TreeNode[]): number =>
      nodes.reduce((total, { children }) => total + 1 + count(children), 0);
    expect(count(treeOf(shape))).toBe(54);
    expect(new Set(treeEdges(shape).map(({ id }) => id)).size).toBe(54);
    expect(treeOf(diamond())).toEqual([
      {
        id: "d",
        children: [
          { id: "b", children: [{ id: "a", children: [] }] },
          { id: "c", children: [] },
        ],
      },
    ]);
  });
});

describe("figures", () => {
  test.each([
    { values: [3, 1, 2], middle: 2 },
    { values: [4, 1, 2, 3], middle: 2.5 },
    { values: [], middle: Number.NaN },
  ])("the median of $values is $middle", ({ values, middle }) => {
    expect(median(values)).toBe(middle);
  });

  test("a quantile is a value that was measured", () => {
    const values = Array.from({ length: 100 }, (_, i) => 100 - i);
    expect([quantile(values, 0.5), quantile(values, 0.99), quantile([7], 0.99)]).toEqual([50, 99, 7]);
  });
});

describe("options", () => {
  test("fewer than three rounds are refused outside the short form", () => {
    expect(parseOptions(["--quick"])).toMatchObject({ quick: true, repeats: 1, scenarios: [] });
    expect(parseOptions(["--scenario", "dag", "--repeats", "3"])).toMatchObject({ repeats: 3, scenarios: ["dag"] });
    expect(() => parseOptions(["--repeats", "2"])).toThrow("--repeats takes a whole number from 3 on, not 2.");
  });
});

function layerOf(id: string): number {
  return Number(/^l(\d+)n/.exec(id)?.[1]);
}
