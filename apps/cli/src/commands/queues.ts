import type { QueueView } from "@batonrun/contract";
import { command } from "../command.js";
import { exitCodes } from "../exit-codes.js";
import type { Column } from "../report/printer.js";

export const queuesCommand = command({
  path: "queues",
  description: "List queues with job counts",
  arguments: {},
  options: {},
  examples: ["queues"],
  async run({ client, printer }) {
    const page = await client.queues();
    if (printer.isJson) printer.json(page);
    else if (page.items.length === 0) printer.note("No queues yet. The first run creates them.");
    else printer.list(page.items, queueColumns);
    return exitCodes.ok.code;
  },
});

const queueColumns: readonly Column<QueueView>[] = [
  { title: "queue", text: ({ name }) => name },
  { title: "waiting", isRight: true, text: ({ waiting, prioritized }) => String(waiting + prioritized) },
  { title: "active", isRight: true, text: ({ active }) => String(active) },
  { title: "delayed", isRight: true, text: ({ delayed }) => String(delayed) },
  { title: "open runs", isRight: true, text: ({ waitingChildren }) => String(waitingChildren) },
  {
    title: "failed",
    isRight: true,
    text: ({ failed }) => String(failed),
    look: ({ failed }, colors) => (failed > 0 ? colors.red(String(failed)) : "0"),
  },
  { title: "paused", text: ({ paused }) => (paused ? "yes" : "no") },
];
