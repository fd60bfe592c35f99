/** `npm run bench`: Baton against raw BullMQ flows and a plain queue, in one process and on a Redis of its own. */
import { startRedisServer } from "@batonrun/verify";
import { type BenchOptions, parseOptions, UsageError } from "./options.js";
import { legend, quickLegend, table, verdictLines } from "./report.js";
import { runBench } from "./run-bench.js";
import type { Scenario } from "./scenario.js";
import { scenarios } from "./scenarios/index.js";
import { judge } from "./targets.js";

try {
  await bench(process.argv.slice(2));
} catch (error) {
  console.error(error instanceof UsageError ? error.message : error);
  process.exitCode = 1;
}

async function bench(args: readonly string[]): Promise<void> {
  const options = parseOptions(args);
  const chosen = choose(options);
  const server = await startRedisServer();
  try {
    const progress = (name: string) => console.error(`measuring ${name} …`);
    const rows = await runBench(server.url, chosen, { ...options, progress });
    const verdicts = judge(rows);
    if (options.json) console.log(JSON.stringify({ rows, verdicts }, null, 2));
    else console.log(`\n${table(rows)}\n\n${options.quick ? quickLegend : legend}\n\n${verdictLines(verdicts)}`);
  } finally {
    await server.stop();
  }
}

function choose({ scenarios: names }: BenchOptions): readonly Scenario[] {
  if (names.length === 0) return scenarios;
  return names.map((name) => {
    const found = scenarios.find((scenario) => scenario.name === name);
    if (found !== undefined) return found;
    throw new UsageError(`There is no scenario ${name}; there are ${scenarios.map((one) => one.name).join(", ")}.`);
  });
}
