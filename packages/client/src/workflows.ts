import { z } from "zod";
import { type GraphView, WorkflowCheck, WorkflowProblem, WorkflowVersionView, WorkflowView } from "./contracts.js";
import { drawGraphText, type GraphPicture, readGraph } from "./graph-format.js";
import { allItems, type Page, pageOf } from "./paging.js";
import type { CallOptions, PageOptions } from "./runs.js";
import type { Transport } from "./transport.js";

/** The text of a workflow, and how it is written. */
export interface WorkflowText {
  readonly text: string;
  readonly format: "yaml" | "json";
}

export interface RegisteredWorkflow {
  readonly name: string;
  readonly version: string;
  readonly hash: string;
  /** Warnings. */
  readonly problems: readonly WorkflowProblem[];
  /** False: this very content stood there before. */
  readonly isNew: boolean;
}

export interface VersionOptions extends CallOptions {
  /** The newest by default. */
  readonly version?: string | undefined;
}

/** Workflows: register, check, read and draw them. */
export interface WorkflowsApi {
  /** The same content again is no error; other content under the same version is `version_conflict`. */
  register(workflow: WorkflowText, options?: CallOptions): Promise<RegisteredWorkflow>;
  /** Everything that is wrong with a definition, seen together with the actions of the live workers. */
  validate(workflow: WorkflowText, options?: CallOptions): Promise<WorkflowCheck>;
  get(name: string, options?: CallOptions): Promise<WorkflowView>;
  version(name: string, version: string, options?: CallOptions): Promise<WorkflowVersionView>;
  list(query?: { readonly limit?: number }, options?: PageOptions): Promise<Page<WorkflowView>>;
  all(options?: CallOptions): AsyncIterable<WorkflowView>;
  graph(name: string, options?: VersionOptions): Promise<GraphView>;
  draw(name: string, form: GraphPicture, options?: VersionOptions): Promise<string>;
}

const WorkflowPage = pageOf(WorkflowView);
const Registration = z.object({
  name: z.string(),
  version: z.string(),
  hash: z.string(),
  problems: z.array(WorkflowProblem).default([]),
});

export function createWorkflowsApi(transport: Transport): WorkflowsApi {
  const api: WorkflowsApi = {
    register: (workflow, options = {}) => register(transport, workflow, options),
    validate: (workflow, options = {}) =>
      transport.json({ ...document("v1/workflows/validate", workflow), ...options }, WorkflowCheck),
    get: (name, options = {}) => transport.json({ method: "GET", path: workflowPath(name), ...options }, WorkflowView),
    version: (name, version, options = {}) =>
      transport.json(
        { method: "GET", path: `${workflowPath(name)}/versions/${encodeURIComponent(version)}`, ...options },
        WorkflowVersionView,
      ),
    list: (query = {}, { cursor, signal } = {}) =>
      transport.json({ method: "GET", path: "v1/workflows", query: { ...query, cursor }, signal }, WorkflowPage),
    all: (options = {}) => allItems((cursor) => api.list({}, { ...options, cursor })),
    graph: (name, options = {}) => readGraph(transport, { path: `${workflowPath(name)}/graph`, ...options }),
    draw: (name, form, options = {}) =>
      drawGraphText(transport, { path: `${workflowPath(name)}/graph`, ...options }, form),
  };
  return api;
}

async function register(
  transport: Transport,
  workflow: WorkflowText,
  options: CallOptions,
): Promise<RegisteredWorkflow> {
  const { status, body } = await transport.answer({ ...document("v1/workflows", workflow), ...options }, Registration);
  return { ...body, isNew: status === 201 };
}

function workflowPath(name: string): string {
  return `v1/workflows/${encodeURIComponent(name)}`;
}

/** Both addresses may be asked twice: registering is by content. */
function document(path: string, { text, format }: WorkflowText) {
  const mediaType = format === "json" ? "application/json" : "application/yaml";
  return { method: "POST", path, body: { text, mediaType }, isRepeatable: true } as const;
}
