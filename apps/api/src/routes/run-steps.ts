import { InstanceId, StepPage, StepView } from "@batonrun/contract";
import { readStep, readSteps } from "@batonrun/core/engine";
import type { ApiDependencies } from "../dependencies.js";
import { type Endpoint, endpoint, jsonSuccess, plain } from "../http/endpoint.js";
import { withoutAbsent } from "../http/without-absent.js";
import { ListStepsQuery, RunParams } from "../resources/run.js";

const tag = "Runs";

export function stepRoutes(dependencies: ApiDependencies): Endpoint[] {
  return [list(dependencies), get(dependencies)];
}

function list(dependencies: ApiDependencies): Endpoint {
  return endpoint({
    ...plain,
    id: "listSteps",
    method: "get",
    path: "/v1/runs/{id}/steps",
    tag,
    summary: "List step instances, without their results",
    description: "Without `parent`, lists the top-level steps; with it, the direct instances of that container.",
    params: RunParams,
    query: ListStepsQuery,
    successes: { 200: jsonSuccess("A page of step instances", StepPage) },
    problems: ["run_not_found", "step_not_found", "cursor_invalid"],
    async handle({ params, query }) {
      const page = await readSteps(dependencies.engine, { runId: params.id, ...withoutAbsent(query) });
      return { status: 200, json: page };
    },
  });
}

function get(dependencies: ApiDependencies): Endpoint {
  return endpoint({
    ...plain,
    id: "getStep",
    method: "get",
    path: "/v1/runs/{id}/steps/{instance}",
    tag,
    summary: "Get a step instance with its result",
    params: RunParams.extend({
      instance: InstanceId.meta({ description: "The instance's id", example: "chunks.3.extract" }),
    }),
    successes: { 200: jsonSuccess("The step instance", StepView) },
    problems: ["run_not_found", "step_not_found"],
    async handle({ params: { id, instance } }) {
      return { status: 200, json: await readStep(dependencies.engine, { runId: id, instance }) };
    },
  });
}
