import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { createMetrics } from "./create-metrics.js";
import { labelLimits } from "./label-bound.js";

const page = await readFile(new URL("../../../../docs/reference/metrics.md", import.meta.url), "utf8");

/** Table rows of the page whose first cell is a name in backticks. */
function rows(): string[][] {
  return page
    .split("\n")
    .filter((line) => line.startsWith("| `"))
    .map((line) => line.split("|").slice(1, -1))
    .map((cells) => cells.map((cell) => cell.trim()));
}

function code(text: string): string {
  return `\`${text}\``;
}

test("every metric in a scrape is on the page", async () => {
  const metrics = createMetrics({ process: "api", version: "0", sources: { monotonicMs: () => 0 } });
  const given = [...(await metrics.scrape()).matchAll(/^# TYPE (\S+) /gm)].map((match) => match[1]);
  const named = rows().map(([name]) => name);
  expect(given.length).toBeGreaterThan(30);
  expect(given.filter((name) => name === undefined || !named.includes(code(name)))).toEqual([]);
});

test("the page lists the limits of the labels", () => {
  expect(page).toContain(`${labelLimits.workflow} workflow names`);
  expect(page).toContain(`${labelLimits.queue} queues`);
  expect(page).toContain(`${labelLimits.kind} kinds`);
});
