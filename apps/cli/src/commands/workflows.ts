import type { GraphDrawing, Received, WorkflowView } from "@batonrun/contract";
import { graphDrawing, renderDrawing } from "@batonrun/core";
import { z } from "zod";
import { CliError } from "../cli-error.js";
import { type Context, command } from "../command.js";
import { exitCodes } from "../exit-codes.js";
import { agoText } from "../report/duration-text.js";
import type { Column, Printer } from "../report/printer.js";
import { countProblems, formatProblem, type SourceProblem } from "../report/source-problem.js";
import { isFile } from "../source/read-file.js";
import { looksLikePath, placeProblems, readValidWorkflow, readWorkflowFile } from "../source/workflow-file.js";

const Files = z.array(z.string()).min(1);

const validateWorkflows = command({
  path: "workflows validate",
  description: "Validate workflow files without a server, with line and column of every problem",
  arguments: {
    files: { usage: "<file...>", description: "Workflow files in YAML or JSON; - for stdin", schema: Files },
  },
  options: {},
  examples: ["workflows validate hello.yaml", "workflows validate examples/*/workflow.yaml -o json"],
  async run({ io, printer }, { files }) {
    const workflows = await Promise.all(files.map((file) => readWorkflowFile(io, file)));
    const isValid = workflows.every(({ validation }) => validation.definition !== null);
    if (printer.isJson) {
      const results = workflows.map(({ file, validation }) => ({
        file: file.name,
        valid: validation.definition !== null,
        problems: validation.problems,
      }));
      printer.json({ valid: isValid, files: results });
      return isValid ? exitCodes.ok.code : exitCodes.usage.code;
    }
    for (const { file, problems, validation } of workflows) {
      printProblems(printer, problems);
      const steps = validation.definition === null ? 0 : Object.keys(validation.definition.steps).length;
      if (validation.definition === null)
        printer.line(`${printer.colors.red("✖")} ${file.name}: ${countProblems(problems)}`);
      else printer.line(`${printer.colors.green("✔")} ${file.name} is valid ${printer.colors.dim(`(${steps} steps)`)}`);
    }
    return isValid ? exitCodes.ok.code : exitCodes.usage.code;
  },
});

function printProblems(printer: Printer, problems: readonly SourceProblem[]): void {
  for (const problem of problems) printer.line(`${formatProblem(problem, printer.colors)}\n`);
}

const applyWorkflows = command({
  path: "workflows apply",
  description: "Register workflows; registering the same content again changes nothing",
  arguments: {
    files: { usage: "<file...>", description: "Workflow files in YAML or JSON; - for stdin", schema: Files },
  },
  options: {},
  examples: ["workflows apply hello.yaml"],
  async run({ io, client, printer }, { files }) {
    // All are checked before the first is sent.
    const workflows = await Promise.all(files.map((file) => readValidWorkflow(io, file)));
    const registrations: unknown[] = [];
    for (const { file, format } of workflows) {
      const registered = await client.workflows.register({ text: file.text, format });
      const { name, version, hash, isNew, problems } = registered;
      registrations.push({ file: file.name, name, version, hash, created: isNew, problems });
      if (printer.isJson) continue;
      for (const problem of placeProblems(file, problems)) printer.note(formatProblem(problem, printer.colors));
      printer.line(`${printer.colors.green("✔")} ${name}@${version} ${isNew ? "registered" : "unchanged"}`);
    }
    if (printer.isJson) printer.json({ items: registrations });
    return exitCodes.ok.code;
  },
});

const listWorkflows = command({
  path: "workflows list",
  description: "List registered workflows",
  arguments: {},
  options: {},
  examples: ["workflows list"],
  async run({ io, client, printer }) {
    const items: WorkflowView[] = [];
    for await (const workflow of client.workflows.all()) items.push(workflow);
    if (printer.isJson) printer.json({ items });
    else if (items.length === 0)
      printer.note("No workflows registered. Register one with `baton workflows apply <file>`.");
    else printer.list(items, workflowColumns(io.clock.now()));
    return exitCodes.ok.code;
  },
});

function workflowColumns(now: number): readonly Column<WorkflowView>[] {
  const registeredAt = ({ versions }: WorkflowView): string => versions[0]?.createdAt ?? "";
  return [
    { title: "workflow", text: ({ name }) => name },
    { title: "latest", text: ({ latest }) => latest },
    { title: "versions", isRight: true, text: ({ versions }) => String(versions.length) },
    { title: "registered", text: registeredAt, look: (workflow) => agoText(registeredAt(workflow), now) },
  ];
}

const Format = z.enum(["mermaid", "dot", "svg", "json"], "must be mermaid, dot, svg, or json").default("mermaid");
type Format = z.infer<typeof Format>;

const graphWorkflow = command({
  path: "workflows graph",
  description: "Draw a workflow's graph; a file is drawn without a server",
  arguments: {
    workflow: {
      usage: "<file|name[@version]>",
      description: "Workflow file, or name of a registered workflow",
      schema: z.string(),
    },
  },
  options: {
    format: { usage: "-f, --format <format>", description: "mermaid (default), dot, svg, or json", schema: Format },
  },
  examples: ["workflows graph hello.yaml", "workflows graph document-analysis --format svg > graph.svg"],
  async run(context, { workflow, format }) {
    const { io, printer } = context;
    const isLocal = looksLikePath(workflow) || (await isFile(io, workflow));
    const form = printer.isJson ? "json" : format;
    const drawn = isLocal ? await drawFile(context, workflow, form) : await drawRegistered(context, workflow, form);
    if (typeof drawn === "string") printer.line(drawn.trimEnd());
    else printer.json(drawn);
    return exitCodes.ok.code;
  },
});

async function drawFile({ io }: Context, name: string, format: Format): Promise<string | Received<GraphDrawing>> {
  const { file, validation } = await readValidWorkflow(io, name);
  if (validation.graph === null) throw new CliError(`${file.name} has no graph.`);
  const drawing = graphDrawing(validation.graph);
  return format === "json" ? drawing : renderDrawing(drawing, format);
}

function drawRegistered({ client }: Context, word: string, format: Format): Promise<string | Received<GraphDrawing>> {
  const [name = "", version] = word.split("@");
  return format === "json"
    ? client.workflows.graph(name, { version })
    : client.workflows.draw(name, format, { version });
}

export const workflowsCommands = [applyWorkflows, validateWorkflows, graphWorkflow, listWorkflows];
