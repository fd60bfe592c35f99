import type { Command } from "../command.js";
import { devCommand } from "./dev.js";
import { queuesCommand } from "./queues.js";
import { runCommand } from "./run.js";
import { runsCommands } from "./runs.js";
import { workersCommand } from "./workers.js";
import { workflowsCommands } from "./workflows.js";

/** Nouns that have verbs, with what the help says of them. */
export const nouns = {
  runs: "List, show, follow, and cancel runs",
  workflows: "Validate, register, and draw workflows",
} as const satisfies Record<string, string>;

/** Every command of `baton`, in the order of the help. */
export const commands: readonly Command[] = [
  devCommand,
  runCommand,
  ...runsCommands,
  ...workflowsCommands,
  workersCommand,
  queuesCommand,
];
