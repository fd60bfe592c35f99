import { Closing, InstanceCounts, RunStatus, type RunSummary, StepStatus } from "@batonrun/core";
import { z } from "zod";

/** What a submission answers: the run is durable and goes on without its client. */
export type StartedRun = RunSummary & {
  /** The idempotency key was known: this is the run that the first request started. */
  readonly isReplayed: boolean;
};

export const CancelledRun = z.object({ id: z.string(), status: RunStatus, closing: Closing.nullable() });
export type CancelledRun = z.infer<typeof CancelledRun>;

export const WorkflowVersionSummary = z.object({
  version: z.string(),
  hash: z.string(),
  createdAt: z.iso.datetime(),
});
export type WorkflowVersionSummary = z.infer<typeof WorkflowVersionSummary>;

/** A registered workflow; its versions, the newest first. */
export const WorkflowView = z.object({
  name: z.string(),
  latest: z.string(),
  versions: z.array(WorkflowVersionSummary),
});
export type WorkflowView = z.infer<typeof WorkflowView>;

export const DrawnStep = z.object({
  id: z.string(),
  label: z.string(),
  type: z.string(),
  action: z.string().optional(),
  parent: z.string().nullable(),
  case: z.string().optional(),
  status: StepStatus.optional(),
  counts: InstanceCounts.optional(),
});
export type DrawnStep = z.infer<typeof DrawnStep>;

/** A graph as data; the instances of a map are folded into their template. */
export const GraphView = z.object({
  workflow: z.string(),
  version: z.string(),
  nodes: z.array(DrawnStep),
  edges: z.array(z.object({ from: z.string(), to: z.string() })),
});
export type GraphView = z.infer<typeof GraphView>;

/** One registered version; its definition is in normal form, every default written out. */
export const WorkflowVersionView = WorkflowVersionSummary.extend({
  name: z.string(),
  definition: z.record(z.string(), z.unknown()),
  graph: GraphView,
});
export type WorkflowVersionView = z.infer<typeof WorkflowVersionView>;

export const WorkflowProblem = z.object({
  pointer: z.string(),
  line: z.number().exactOptional(),
  column: z.number().exactOptional(),
  severity: z.enum(["error", "warning"]),
  code: z.string(),
  message: z.string(),
});
export type WorkflowProblem = z.infer<typeof WorkflowProblem>;

export const WorkflowCheck = z.object({
  valid: z.boolean(),
  problems: z.array(WorkflowProblem),
  graph: GraphView.nullable(),
});
export type WorkflowCheck = z.infer<typeof WorkflowCheck>;

export const WorkerView = z.object({
  id: z.string(),
  host: z.string(),
  pid: z.number(),
  startedAt: z.iso.datetime(),
  capabilities: z.array(z.string()),
  concurrency: z.number(),
  actions: z.array(z.object({ name: z.string(), capability: z.string(), effects: z.string() })),
});
export type WorkerView = z.infer<typeof WorkerView>;

export const QueueView = z.object({
  name: z.string(),
  waiting: z.number(),
  prioritized: z.number(),
  active: z.number(),
  delayed: z.number(),
  waitingChildren: z.number(),
  failed: z.number(),
  paused: z.boolean(),
});
export type QueueView = z.infer<typeof QueueView>;
