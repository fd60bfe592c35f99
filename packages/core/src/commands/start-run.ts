import { createHash } from "node:crypto";
import { BatonError, type DefinitionHash, durationMs, type RunId } from "@batonrun/contract";
import { compileSchema } from "../definition/input-schema.js";
import type { WorkflowDefinition } from "../definition/language.js";
import { canonicalJson } from "../expression/canonical-json.js";
import { type DefinitionLimits, validateDefinition } from "../graph/checks/validate-definition.js";
import { definitionHash } from "../graph/definition-hash.js";
import { GRAPH_FORMAT, type Graph } from "../graph/graph.js";
import type { Capabilities } from "../plan/capabilities.js";
import type { GraphCache } from "../plan/graph-cache.js";
import type { PlanCache } from "../plan/plan-cache.js";
import type { DefinitionStore } from "../ports/directory.js";
import type { Clock, Metrics } from "../ports/metrics.js";
import type { StartRunCommand, Transitions } from "../ports/transitions.js";
import { newRunId } from "../run/new-run-id.js";
import { findVersion } from "./find-version.js";
import { definitionInvalid } from "./register-workflow.js";

export interface StartRunDependencies {
  readonly transitions: Pick<Transitions, "startRun">;
  readonly definitions: Pick<DefinitionStore, "put" | "version" | "versions">;
  readonly graphs: GraphCache;
  readonly plans: PlanCache;
  readonly capabilities: Capabilities;
  readonly clock: Clock;
  readonly random: () => number;
  readonly metrics: Pick<Metrics, "runStarted">;
  /** How long ended runs are kept, in ms. */
  readonly retentionMs: number;
  /** Limits for definitions that come with a run, where they differ from the defaults. */
  readonly definitionLimits?: DefinitionLimits;
}

export interface StartRunRequest {
  /** `name` (newest version) or `name@1.0.0`. Mutually exclusive with `definition`. */
  readonly workflow?: string;
  readonly definition?: unknown;
  readonly input?: unknown;
  readonly tags?: readonly string[];
  readonly priority?: number;
  readonly delayMs?: number;
  readonly idempotencyKey?: string;
  readonly actor?: string;
}

export interface StartedRun {
  readonly id: RunId;
  /** True if this run was started by an earlier request with the same idempotency key and body. */
  readonly replayed: boolean;
}

const MAX_TAGS = 10;

/**
 * Accepts a run. One round trip if this process knows the definition, otherwise one or two more to find or store it.
 * Throws workflow_not_found, version_not_found, definition_invalid, input_invalid, request_invalid, idempotency_conflict.
 */
export async function startRun(dependencies: StartRunDependencies, request: StartRunRequest): Promise<StartedRun> {
  const chosen = await chooseDefinition(dependencies, request);
  const { definition } = chosen.graph;
  const input = acceptedInput(definition, request.input ?? {});
  await dependencies.capabilities.refresh();
  const command = commandFor(dependencies, request, { ...chosen, input });
  let reply = await dependencies.transitions.startRun(command);
  if (reply.kind === "missing_definition") {
    await dependencies.definitions.put(chosen.hash, JSON.stringify(definition));
    reply = await dependencies.transitions.startRun(command);
  }
  if (reply.kind === "missing_definition") {
    throw new BatonError("internal", "The definition was deleted before the run was stored. Send the request again.");
  }
  if (reply.kind === "conflict") {
    throw new BatonError(
      "idempotency_conflict",
      "This Idempotency-Key was already used with a different body. Use a new key, or send the same body.",
      { details: { run: reply.id } },
    );
  }
  if (reply.kind === "started") dependencies.metrics.runStarted(definition.name);
  return { id: reply.id, replayed: reply.kind === "replayed" };
}

/** Starts each run separately: a failed request returns its error, the others continue. One pipelined round trip. */
export async function startRuns(
  dependencies: StartRunDependencies,
  requests: readonly StartRunRequest[],
): Promise<readonly (StartedRun | BatonError)[]> {
  return await Promise.all(
    requests.map((request) =>
      startRun(dependencies, request).catch((error: unknown) => {
        if (error instanceof BatonError) return error;
        throw error;
      }),
    ),
  );
}

interface ChosenDefinition {
  readonly graph: Graph;
  readonly hash: DefinitionHash;
  readonly adhoc: boolean;
}

async function chooseDefinition(
  dependencies: StartRunDependencies,
  request: StartRunRequest,
): Promise<ChosenDefinition> {
  if (request.workflow !== undefined && request.definition === undefined) {
    const { hash } = await findVersion(dependencies, request.workflow);
    const graph = await dependencies.graphs.find(hash, GRAPH_FORMAT);
    if (graph === null) throw new BatonError("internal", `The definition of ${request.workflow} is no longer stored.`);
    return { graph, hash, adhoc: false };
  }
  if (request.definition === undefined || request.workflow !== undefined) {
    throw new BatonError("request_invalid", "Send either `workflow` or `definition`, but not both.");
  }
  const { definition, graph, problems } = validateDefinition(request.definition, {
    limits: dependencies.definitionLimits ?? {},
    language: dependencies.graphs.language,
  });
  if (definition === null || graph === null) throw definitionInvalid(problems);
  return { graph, hash: definitionHash(definition, dependencies.graphs.language), adhoc: true };
}

/** The input, completed with the defaults of the workflow's schema. */
function acceptedInput(definition: WorkflowDefinition, input: unknown): unknown {
  if (definition.input === undefined) return input;
  const { value, errors } = compileSchema(definition.input).complete(input);
  if (errors.length === 0) return value;
  throw new BatonError("input_invalid", `The input does not match the schema of ${definition.name}.`, {
    errors: errors.map((error) => ({ ...error, pointer: `/input${error.pointer}` })),
  });
}

function commandFor(
  { clock, random, plans, retentionMs }: StartRunDependencies,
  request: StartRunRequest,
  { graph, hash, adhoc, input }: ChosenDefinition & { readonly input: unknown },
): StartRunCommand {
  const { definition } = graph;
  const priority = request.priority ?? 0;
  return {
    id: newRunId(clock.now(), random),
    definition: hash,
    adhoc,
    workflow: definition.name,
    version: definition.version,
    priority,
    tags: tagsOf(definition, request.tags ?? []),
    compliance: definition.compliance,
    input: JSON.stringify(input),
    roots: plans.of(graph).roots(priority),
    left: graph.top.steps.length,
    maxParallel: definition.maxParallel,
    timeoutMs: durationMs(definition.timeout),
    retentionMs,
    ...(request.delayMs ? { delayMs: request.delayMs } : {}),
    ...(request.idempotencyKey === undefined
      ? {}
      : { idempotency: { key: request.idempotencyKey, body: digestOf(request) } }),
    ...(request.actor === undefined ? {} : { actor: request.actor }),
  };
}

function tagsOf(definition: WorkflowDefinition, asked: readonly string[]): readonly string[] {
  const tags = [...new Set([...definition.tags, ...asked])];
  if (tags.length <= MAX_TAGS) return tags;
  throw new BatonError("request_invalid", `A run can have at most ${MAX_TAGS} tags, including those of its workflow.`, {
    errors: [{ pointer: "/tags", message: `${tags.length} tags` }],
  });
}

/** Identifies "the same body": everything in the request except the key and the actor. */
function digestOf({ workflow, definition, input, tags, priority, delayMs }: StartRunRequest): string {
  const body = {
    workflow,
    definition,
    input: input ?? {},
    tags: tags ?? [],
    priority: priority ?? 0,
    delayMs: delayMs ?? 0,
  };
  const defined = Object.fromEntries(Object.entries(body).filter(([, value]) => value !== undefined));
  return createHash("sha256").update(canonicalJson(defined)).digest("hex");
}
