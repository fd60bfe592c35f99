import type { WorkerView } from "@batonrun/contract";
import { command } from "../command.js";
import { exitCodes } from "../exit-codes.js";
import { durationText } from "../report/duration-text.js";
import type { Column } from "../report/printer.js";

export const workersCommand = command({
  path: "workers",
  description: "List live workers and their capabilities",
  arguments: {},
  options: {},
  examples: ["workers", "workers -o json"],
  async run({ io, client, printer }) {
    const page = await client.workers();
    if (printer.isJson) printer.json(page);
    else if (page.items.length === 0)
      printer.note("No live workers. Runs are accepted and wait until one starts; `npm start` starts one.");
    else printer.list(page.items, workerColumns(io.clock.now()));
    return exitCodes.ok.code;
  },
});

function workerColumns(now: number): readonly Column<WorkerView>[] {
  return [
    { title: "worker", text: ({ id }) => id },
    { title: "host", text: ({ host, pid }) => `${host}:${pid}` },
    { title: "up", isRight: true, text: ({ startedAt }) => durationText(now - Date.parse(startedAt)) },
    { title: "concurrency", isRight: true, text: ({ concurrency }) => String(concurrency) },
    { title: "capabilities", text: ({ capabilities }) => capabilities.join(",") },
    { title: "actions", isRight: true, text: ({ actions }) => String(actions.length) },
  ];
}
