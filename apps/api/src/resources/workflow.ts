import { InstanceCounts, StepStatus, WorkflowName } from "@batonrun/core";
import { z } from "zod";
import { listOf } from "./list.js";

export const WorkflowParams = z.object({
  name: WorkflowName.meta({ description: "The workflow's name", example: "document-analysis" }),
});

export const VersionParams = WorkflowParams.extend({
  version: z.string().min(1).max(64).meta({ description: "Its version", example: "1.0.0" }),
});

export const Graph = z
  .object({
    workflow: z.string(),
    version: z.string(),
    nodes: z.array(
      z.object({
        id: z.string(),
        label: z.string(),
        type: z.string(),
        action: z.string().optional(),
        parent: z.string().nullable(),
        case: z.string().optional(),
        status: StepStatus.optional(),
        counts: InstanceCounts.optional(),
      }),
    ),
    edges: z.array(z.object({ from: z.string(), to: z.string() })),
  })
  .meta({
    id: "Graph",
    description: "Declared steps and their dependencies; the instances of a map are folded into its template",
    example: {
      workflow: "document-analysis",
      version: "1.0.0",
      nodes: [
        { id: "extract", label: "extract", type: "action", action: "text.extract", parent: null },
        { id: "summarize", label: "summarize", type: "action", action: "text.summarize", parent: null },
      ],
      edges: [{ from: "extract", to: "summarize" }],
    },
  });

const Problems = z.array(
  z.object({
    pointer: z.string(),
    line: z.number().int().optional(),
    column: z.number().int().optional(),
    severity: z.enum(["error", "warning"]),
    code: z.string(),
    message: z.string(),
  }),
);

export const Validation = z.object({ valid: z.boolean(), problems: Problems, graph: Graph.nullable() }).meta({
  id: "WorkflowValidation",
  description: "Every problem, with its position",
  example: {
    valid: false,
    problems: [
      {
        pointer: "/steps/summarize/needs/0",
        line: 9,
        column: 13,
        severity: "error",
        code: "unknown_step",
        message: 'there is no step "extrakt"',
      },
    ],
    graph: null,
  },
});

const Version = z.object({ version: z.string(), hash: z.string(), createdAt: z.iso.datetime() });

export const Workflow = z
  .object({ name: z.string(), latest: z.string(), versions: z.array(Version) })
  .meta({ id: "Workflow", description: "A registered workflow, newest version first" });

export const WorkflowList = listOf(Workflow).meta({ id: "WorkflowList" });

export const WorkflowVersion = Version.extend({
  name: z.string(),
  definition: z.record(z.string(), z.unknown()),
  graph: Graph,
}).meta({ id: "WorkflowVersion", description: "An immutable version with its normalized definition and its graph" });

export const RegisteredWorkflow = z
  .object({ name: z.string(), version: z.string(), hash: z.string(), problems: Problems })
  .meta({ id: "RegisteredWorkflow", description: "The registered version; `problems` lists warnings" });
