import type { RunRequest, StartedRun } from "@batonrun/client";
import { tryDurationMs } from "@batonrun/contract";
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
  .regex(/^(100|[1-9]?[0-9])$/, "must be a number from 0 (first) to 100 (last)")
  .transform(Number)
  .optional();

const Delay = z
  .string()
  .refine((text) => tryDurationMs(text) !== null, "must be a duration such as 500ms, 30s, 5m, 1h, or 7d")
  .optional();

export const runCommand = command({
  path: "run",
  description: "Start a run and follow it until it ends",
  details: [
    "A file is validated locally and used for this run only. A name refers to a registered workflow: the newest",
    "version, or name@version. The exit code reports the outcome. Ctrl-C stops following; the run continues.",
  ].join("\n"),
  arguments: {
    workflow: {
      usage: "<file|name[@version]>",
      description: "Workflow file, or name of a registered workflow",
      schema: z.string(),
    },
  },
  options: {
    input: {
      usage: "-i, --input <input>",
      description: "Input: @file.json, @- (stdin), key=value, or key=@file; repeatable",
      schema: InputWords,
      isList: true,
    },
    tag: { usage: "-t, --tag <tag>", description: "Tag for the run; repeatable", schema: TextList, isList: true },
    delay: { usage: "--delay <duration>", description: "Delay before the run starts, such as 10s", schema: Delay },
    priority: {
      usage: "--priority <number>",
      description: "Priority from 0 (first, default) to 100 (last)",
      schema: Priority,
    },
    idempotencyKey: {
      usage: "--idempotency-key <key>",
      description: "Idempotency key: the same key returns the same run",
      schema: OptionalText,
    },
    detach: { usage: "-d, --detach", description: "Print the run's id and exit without following it", schema: Flag },
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
    throw new CliError(`"${word}" is neither a file nor a workflow name.`, {
      hint: "Workflow names are lowercase letters, digits, and dashes; workflow files end with .yaml or .json.",
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
  if (printer.isTerminal) printer.note(printer.colors.dim(`Follow it with: baton runs watch ${run.id}${serverWords}`));
  return exitCodes.ok.code;
}

/** Shows the run until it has ended; its outcome is the exit code. */
async function follow(context: Context, runId: string): Promise<ExitCode> {
  const run = await followRun(context, runId, chooseScreen(context));
  if (run === null) return leave(context, runId);
  printOutcome(context.printer, run);
  return exitCodeOf(run);
}

/** After Ctrl-C: the run continues, so print how to find it again. */
export function leave({ io, serverWords }: Context, runId: string): ExitCode {
  io.stderr.write(
    [
      "",
      `Stopped following run ${runId}. It is still running.`,
      `  follow it:  baton runs watch ${runId}${serverWords}`,
      `  cancel it:  baton runs cancel ${runId}${serverWords}`,
      "",
    ].join("\n"),
  );
  return exitCodes.detached.code;
}
