import { createHash } from "node:crypto";
import { DefinitionHash } from "@batonrun/contract";
import type { Step, WorkflowDefinition } from "../definition/schema.js";
import { canonicalJson } from "../expression/canonical-json.js";
import { GRAPH_FORMAT } from "./graph.js";
import { bodyScopes } from "./scopes.js";

/**
 * SHA-256 of the normalized definition and of the graph's format. The order of steps means something (wildcards,
 * views), so it is part of what is hashed; the order of all other keys is not.
 */
export function definitionHash(definition: WorkflowDefinition): DefinitionHash {
  const text = canonicalJson({ definition, format: GRAPH_FORMAT, order: stepOrder(definition.steps) });
  return DefinitionHash.parse(createHash("sha256").update(text).digest("hex"));
}

function stepOrder(steps: Readonly<Record<string, Step>>): unknown {
  return Object.entries(steps).map(([id, step]) => [id, innerOrder(step)]);
}

function innerOrder(step: Step): unknown {
  if (step.type === "map" && step.step !== undefined) return innerOrder(step.step);
  return bodyScopes(step).map(({ steps }) => stepOrder(steps));
}
