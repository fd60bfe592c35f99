import type { RunFilter } from "@batonrun/client";
import { type Received, RunStatus, type RunSummary } from "@batonrun/contract";
import { z } from "zod";
import { type Context, command, Flag, OptionalText } from "../command.js";
import { exitCodeOf, exitCodes } from "../exit-codes.js";
import { chooseScreen, jsonLinesScreen } from "../progress/choose-screen.js";
import { followRun } from "../progress/follow-run.js";
import { agoText, durationText } from "../report/duration-text.js";
import type { Column } from "../report/printer.js";
import { printOutcome, printRun } from "../report/run-report.js";
import { runStatusLook } from "../report/status-look.js";
import { leave } from "./run.js";

const runArgument = { usage: "<run>", description: "The run's id", schema: z.string() } as const;

const Limit = z
  .string()
  .regex(/^[1-9][0-9]{0,5}$/, "must be a number from 1 to 999999")
  .default("20")
  .transform(Number);

const Status = z.enum(RunStatus.options, `must be one of ${RunStatus.options.join(", ")}`).optional();

const Instant = z
  .string()
  .refine((text) => !Number.isNaN(Date.parse(text)), "must be a time such as 2026-11-21T08:30:00Z")
  .transform((text) => new Date(text).toISOString())
  .optional();

/** The most that one page may have. */
const MAX_PAGE = 200;

const listRuns = command({
  path: "runs list",
  description: "List runs, newest first",
  arguments: {},
  options: {
    workflow: { usage: "-w, --workflow <name>", description: "Only runs of this workflow", schema: OptionalText },
    status: { usage: "--status <status>", description: "Only runs with this status, such as failed", schema: Status },
    tag: { usage: "-t, --tag <tag>", description: "Only runs with this tag", schema: OptionalText },
    after: { usage: "--after <time>", description: "Only runs created after this time (ISO 8601)", schema: Instant },
    before: { usage: "--before <time>", description: "Only runs created before this time (ISO 8601)", schema: Instant },
    limit: { usage: "-n, --limit <number>", description: "Maximum number of runs (default 20)", schema: Limit },
    all: { usage: "--all", description: "List all runs", schema: Flag },
    cursor: {
      usage: "--cursor <cursor>",
      description: "Where to continue: nextCursor of an earlier list",
      schema: OptionalText,
    },
  },
  examples: ["runs list --status failed", "runs list -w document-analysis -n 100 -o json"],
  async run({ io, client, printer }, { limit, all, cursor, ...filter }) {
    const page = await readRuns({ client }, { filter, cursor, most: all ? Number.POSITIVE_INFINITY : limit });
    if (printer.isJson) printer.json(page);
    else if (page.items.length === 0) printer.note("No runs found.");
    else printer.list(page.items, runColumns(io.clock.now()));
    if (!printer.isJson && printer.isTerminal && page.nextCursor !== undefined) {
      printer.note(printer.colors.dim("There are more runs. Use --all or --limit."));
    }
    return exitCodes.ok.code;
  },
});

interface Wish {
  readonly filter: RunFilter;
  readonly cursor: string | undefined;
  readonly most: number;
}

/** Pages until there are enough; a page may be short and still not the last. */
async function readRuns({ client }: Pick<Context, "client">, { filter, cursor, most }: Wish) {
  const items: Received<RunSummary>[] = [];
  let next = cursor;
  do {
    const limit = Math.min(MAX_PAGE, most - items.length);
    const page = await client.runs.list({ ...filter, limit }, { cursor: next });
    items.push(...page.items);
    next = page.nextCursor;
  } while (next !== undefined && items.length < most);
  return { items, ...(next !== undefined && { nextCursor: next }) };
}

function runColumns(now: number): readonly Column<Received<RunSummary>>[] {
  return [
    { title: "run", text: ({ id }) => id },
    { title: "workflow", text: ({ workflow, version }) => `${workflow}@${version}` },
    { title: "status", text: ({ status }) => status, look: ({ status }, colors) => runStatusLook(status, colors) },
    { title: "created", text: ({ createdAt }) => createdAt, look: ({ createdAt }) => agoText(createdAt, now) },
    {
      title: "took",
      isRight: true,
      text: ({ durationMs }) => (durationMs === undefined ? "" : durationText(durationMs)),
    },
    { title: "tags", text: ({ tags }) => tags.join(",") },
  ];
}

const getRun = command({
  path: "runs get",
  description: "Show a run with its steps",
  arguments: { run: runArgument },
  options: {},
  examples: ["runs get 01JDK7ZB5TXQ8M4W2Y9V6R3HNC"],
  async run({ client, printer }, { run }) {
    const view = await client.runs.get(run);
    if (printer.isJson) printer.json(view);
    else printRun(printer, view);
    return exitCodes.ok.code;
  },
});

const watchRun = command({
  path: "runs watch",
  description: "Follow a run until it ends; the exit code reports the outcome",
  details: "With -o json, each event is one line of JSON.",
  arguments: { run: runArgument },
  options: {},
  examples: ["runs watch 01JDK7ZB5TXQ8M4W2Y9V6R3HNC"],
  async run(context, { run }) {
    const { printer } = context;
    const view = await followRun(context, run, printer.isJson ? jsonLinesScreen(context) : chooseScreen(context));
    if (view === null) return leave(context, run);
    if (!printer.isJson) printOutcome(printer, view);
    return exitCodeOf(view);
  },
});

const cancelRun = command({
  path: "runs cancel",
  description: "Cancel a run: running steps are aborted and no new step starts",
  arguments: { run: runArgument },
  options: {
    reason: { usage: "--reason <text>", description: "Reason, recorded in the run's event log", schema: OptionalText },
  },
  examples: ['runs cancel 01JDK7ZB5TXQ8M4W2Y9V6R3HNC --reason "wrong document"'],
  async run({ client, printer, serverWords }, { run, reason }) {
    const cancelled = await client.runs.cancel(run, { reason });
    if (printer.isJson) printer.json(cancelled);
    else printer.line(`Run ${cancelled.id} is being cancelled.`);
    if (printer.isTerminal) printer.note(printer.colors.dim(`Follow it with: baton runs watch ${run}${serverWords}`));
    return exitCodes.ok.code;
  },
});

export const runsCommands = [listRuns, getRun, watchRun, cancelRun];
