import {
  type GraphDrawing,
  type Page,
  type Received,
  RegisteredWorkflow,
  WorkflowPage,
  WorkflowValidation,
  WorkflowVersionView,
  WorkflowView,
} from "@batonrun/contract";
import { drawGraphText, type GraphPicture, readGraph } from "./graph-format.js";
import { allItems } from "./paging.js";
import type { CallOptions, PageOptions } from "./runs.js";
import type { Transport } from "./transport.js";

/** The text of a workflow, and how it is written. */
export interface WorkflowText {
  readonly text: string;
  readonly format: "yaml" | "json";
}

/** What registering answers. */
export type RegisteredVersion = Received<RegisteredWorkflow> & {
  /** False: this very content was registered before. */
  readonly isNew: boolean;
};

export interface VersionOptions extends CallOptions {
  /** The newest by default. */
  readonly version?: string | undefined;
}

/** Workflows: register, check, read and draw them. */
export interface WorkflowsApi {
  /** The same content again is no error; other content under the same version is `version_conflict`. */
  register(workflow: WorkflowText, options?: CallOptions): Promise<RegisteredVersion>;
  /** Everything that is wrong with a definition, seen together with the actions of the live workers. */
  validate(workflow: WorkflowText, options?: CallOptions): Promise<Received<WorkflowValidation>>;
  get(name: string, options?: CallOptions): Promise<WorkflowView>;
  version(name: string, version: string, options?: CallOptions): Promise<Received<WorkflowVersionView>>;
  list(query?: { readonly limit?: number }, options?: PageOptions): Promise<Page<WorkflowView>>;
  all(options?: CallOptions): AsyncIterable<WorkflowView>;
  graph(name: string, options?: VersionOptions): Promise<Received<GraphDrawing>>;
  draw(name: string, form: GraphPicture, options?: VersionOptions): Promise<string>;
}

export function createWorkflowsApi(transport: Transport): WorkflowsApi {
  const api: WorkflowsApi = {
    register: (workflow, options = {}) => register(transport, workflow, options),
    validate: (workflow, options = {}) =>
      transport.json({ ...document("v1/workflows/validate", workflow), ...options }, WorkflowValidation),
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
): Promise<RegisteredVersion> {
  const { status, body } = await transport.answer(
    { ...document("v1/workflows", workflow), ...options },
    RegisteredWorkflow,
  );
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
