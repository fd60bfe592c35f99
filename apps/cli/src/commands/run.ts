import type { RunRequest, StartedRun } from "@batonrun/client";
import { tryDurationMs } from "@batonrun/core";
import { z } from "zod";
import { CliError } from "../cli-error.js";
import { type Context, command, Flag, OptionalText, TextList } from "../command.js";
import { type ExitCode, exitCodeOf, exitCodes } from "../exit-codes.js";
import { chooseScreen } from "../progress/choose-screen.js";
import { followRun } from "../progress/follow-run.js";
import { printOutcome } from "../report/run-report.js";
import { isFile } from "../source/read-file.js";
import { InputWords, inputTypes, readRunInput } from "../source/run-input.js";
import { looksLikePath, readValidWorkflow } from "../source/workflow-file.js";

const Priority = z
  .string()
  .regex(/^(100|[1-9]?[0-9])$/, "must be a number from 0, which is first, to 100")
  .transform(Number)
  .optional();

const Delay = z
  .string()
  .refine((text) => tryDurationMs(text) !== null, "must be a duration such as 500ms, 30s, 5m, 1h, or 7d")
  .optional();

export const runCommand = command({
  path: "run",
  says: "Start a run and follow it to its end",
  more: [
    "A file is checked here first and used for this run alone; a name means a registered workflow, its newest",
    "version unless one is named. The exit code tells the outcome. Ctrl-C leaves the run; it goes on.",
  ].join("\n"),
  arguments: {
    workflow: {
      usage: "<file|name[@version]>",
      says: "A workflow's file, or the name of a registered one",
      schema: z.string(),
    },
  },
  options: {
    input: {
      usage: "-i, --input <input>",
      says: "@file.json, @-, key=value or key=@file; repeatable",
      schema: InputWords,
      isList: true,
    },
    tag: { usage: "-t, --tag <tag>", says: "A tag of the run; repeatable", schema: TextList, isList: true },
    delay: { usage: "--delay <duration>", says: "Start so much later, as in 10s", schema: Delay },
    priority: { usage: "--priority <number>", says: "0 first, the default, to 100 last", schema: Priority },
    idempotencyKey: { usage: "--idempotency-key <key>", says: "The same key gives the same run", schema: OptionalText },
    detach: { usage: "-d, --detach", says: "Print the run's id and leave", schema: Flag },
  },
  examples: [
    "run ./hello.yaml -i name=Ada",
    "run document-analysis@1.0.0 -i @input.json --tag nightly",
    "run ./hello.yaml -i name=Ada -o json | jq .output",
  ],
  async run(context, { workflow, input, tag, delay, priority, idempotencyKey, detach }) {
    const target = await findTarget(context, workflow, input);
    const request: RunRequest = {
      ...target.source,
      input: await readRunInput(context.io, input, inputTypes(target.inputSchema)),
      ...(tag.length > 0 && { tags: tag }),
      ...(delay !== undefined && { delay }),
      ...(priority !== undefined && { priority }),
    };
    const run = await context.client.runs.start(request, idempotencyKey === undefined ? {} : { idempotencyKey });
    return detach ? detached(context, run) : follow(context, run.id);
  },
});

interface Target {
  readonly source: { readonly workflow: string } | { readonly definition: Readonly<Record<string, unknown>> };
  /** JSON Schema of the input, where it is known. */
  readonly inputSchema: unknown;
}

async function findTarget(context: Context, word: string, input: readonly string[]): Promise<Target> {
  if (looksLikePath(word) || (await isFile(context.io, word))) {
    const { definition } = await readValidWorkflow(context.io, word);
    return { source: { definition: { ...definition } }, inputSchema: definition.input };
  }
  if (!/^[a-z][a-z0-9-]{0,63}(@.+)?$/.test(word)) {
    throw new CliError(`"${word}" is neither a file nor a workflow's name.`, {
      hint: "A name is lower case letters, digits and dashes; a file ends with .yaml or .json.",
    });
  }
  const needsTypes = input.some((each) => !each.startsWith("@"));
  return { source: { workflow: word }, inputSchema: needsTypes ? await registeredInput(context, word) : undefined };
}

/** What the registered workflow says of its input: `zip=01234` stays a string where a string is wanted. */
async function registeredInput({ client }: Context, word: string): Promise<unknown> {
  const [name = "", version] = word.split("@");
  const found = version ?? (await client.workflows.get(name)).latest;
  return (await client.workflows.version(name, found)).definition["input"];
}

function detached({ printer, serverWords }: Context, run: StartedRun): ExitCode {
  if (printer.isJson) printer.json(run);
  else printer.line(run.id);
  if (printer.isTerminal) printer.note(printer.colors.dim(`Watch it with: baton runs watch ${run.id}${serverWords}`));
  return exitCodes.ok.code;
}

/** Shows the run until it has ended; its outcome is the exit code. */
async function follow(context: Context, runId: string): Promise<ExitCode> {
  const run = await followRun(context, runId, chooseScreen(context));
  if (run === null) return leave(context, runId);
  printOutcome(context.printer, run);
  return exitCodeOf(run.status);
}

/** After Ctrl-C: the run goes on, and this is how to find it again. */
export function leave({ io, serverWords }: Context, runId: string): ExitCode {
  io.stderr.write(
    [
      "",
      `You left run ${runId}; it goes on.`,
      `  watch it:   baton runs watch ${runId}${serverWords}`,
      `  cancel it:  baton runs cancel ${runId}${serverWords}`,
      "",
    ].join("\n"),
  );
  return exitCodes.detached.code;
}
