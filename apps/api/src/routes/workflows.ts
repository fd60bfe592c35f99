import {
  RegisteredWorkflow,
  WorkflowPage,
  WorkflowValidation,
  WorkflowVersionView,
  WorkflowView,
} from "@batonrun/contract";
import {
  drawWorkflow,
  listWorkflows,
  readVersion,
  readWorkflow,
  registerWorkflow,
  validateWorkflow,
} from "@batonrun/core/engine";
import { z } from "zod";
import type { ApiDependencies } from "../dependencies.js";
import { documentBody } from "../http/body.js";
import { type Endpoint, endpoint, jsonSuccess, plain } from "../http/endpoint.js";
import { DefinitionDocument, definitionExamples } from "../resources/definition.js";
import { PageQuery } from "../resources/list.js";
import { VersionParams, WorkflowParams } from "../resources/workflow.js";
import { drawingReply, GraphQuery, graphOffers, graphSuccess } from "./graph-reply.js";

const tag = "Workflows";

export function workflowRoutes(dependencies: ApiDependencies): Endpoint[] {
  return [
    register(dependencies),
    validate(dependencies),
    list(dependencies),
    get(dependencies),
    getVersion(dependencies),
    graph(dependencies),
  ];
}

function definitionBody({ config }: ApiDependencies) {
  const { definitionBytes, ...limits } = config.limits;
  return documentBody({ schema: DefinitionDocument, maxBytes: definitionBytes, limits, examples: definitionExamples });
}

function register(dependencies: ApiDependencies): Endpoint {
  const location = z.object({ Location: z.string() });
  return endpoint({
    ...plain,
    id: "registerWorkflow",
    method: "post",
    path: "/v1/workflows",
    tag,
    summary: "Register a workflow version",
    description: "Versions are immutable. Sending the same content again returns 200; different content returns 409.",
    body: definitionBody(dependencies),
    successes: {
      201: { ...jsonSuccess("The version was registered", RegisteredWorkflow), headers: location },
      200: {
        ...jsonSuccess("The version already exists with the same content", RegisteredWorkflow),
        headers: location,
      },
    },
    problems: ["definition_invalid", "version_conflict"],
    async handle({ body }) {
      const { outcome, ...registered } = await registerWorkflow(dependencies.engine, {
        body: body.text,
        format: body.format,
      });
      return {
        status: outcome === "created" ? 201 : 200,
        headers: { Location: `/v1/workflows/${registered.name}/versions/${encodeURIComponent(registered.version)}` },
        json: registered,
      };
    },
  });
}

function validate(dependencies: ApiDependencies): Endpoint {
  return endpoint({
    ...plain,
    id: "validateWorkflow",
    method: "post",
    path: "/v1/workflows/validate",
    tag,
    summary: "Validate a definition and report every problem",
    description: "Nothing is stored. An invalid definition returns 200 with `valid: false`.",
    body: definitionBody(dependencies),
    successes: { 200: jsonSuccess("The problems found", WorkflowValidation) },
    async handle({ body }) {
      return {
        status: 200,
        json: await validateWorkflow(dependencies.engine, { body: body.text, format: body.format }),
      };
    },
  });
}

function list(dependencies: ApiDependencies): Endpoint {
  return endpoint({
    ...plain,
    id: "listWorkflows",
    method: "get",
    path: "/v1/workflows",
    tag,
    summary: "List workflows by name",
    query: PageQuery,
    successes: { 200: jsonSuccess("A page of workflows", WorkflowPage) },
    problems: ["cursor_invalid"],
    async handle({ query: { limit, cursor } }) {
      const page = await listWorkflows(dependencies.engine, { limit, ...(cursor !== undefined && { cursor }) });
      return { status: 200, json: page };
    },
  });
}

function get(dependencies: ApiDependencies): Endpoint {
  return endpoint({
    ...plain,
    id: "getWorkflow",
    method: "get",
    path: "/v1/workflows/{name}",
    tag,
    summary: "Get a workflow with its versions",
    params: WorkflowParams,
    successes: { 200: jsonSuccess("The workflow", WorkflowView) },
    problems: ["workflow_not_found"],
    handle: async ({ params }) => ({ status: 200, json: await readWorkflow(dependencies.engine, params.name) }),
  });
}

function getVersion(dependencies: ApiDependencies): Endpoint {
  return endpoint({
    ...plain,
    id: "getWorkflowVersion",
    method: "get",
    path: "/v1/workflows/{name}/versions/{version}",
    tag,
    summary: "Get a workflow version with its definition and graph",
    params: VersionParams,
    successes: { 200: jsonSuccess("The version", WorkflowVersionView) },
    problems: ["workflow_not_found", "version_not_found"],
    handle: async ({ params }) => ({ status: 200, json: await readVersion(dependencies.engine, params) }),
  });
}

function graph(dependencies: ApiDependencies): Endpoint {
  return endpoint({
    ...plain,
    id: "drawWorkflow",
    method: "get",
    path: "/v1/workflows/{name}/graph",
    tag,
    summary: "Draw a workflow's graph",
    params: WorkflowParams,
    query: GraphQuery.extend({
      version: z
        .string()
        .min(1)
        .max(64)
        .optional()
        .meta({ description: "Defaults to the newest version", example: "1.0.0" }),
    }),
    offers: graphOffers,
    successes: { 200: graphSuccess },
    problems: ["workflow_not_found", "version_not_found", "graph_too_large"],
    async handle({ params, query: { version }, mediaType }) {
      const wanted = { name: params.name, ...(version !== undefined && { version }) };
      return drawingReply(await drawWorkflow(dependencies.engine, wanted), mediaType);
    },
  });
}
