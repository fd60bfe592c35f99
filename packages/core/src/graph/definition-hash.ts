import { createHash } from "node:crypto";
import { DefinitionHash } from "@batonrun/contract";
import { kindOf, type WorkflowDefinition } from "../definition/language.js";
import type { Step, Steps } from "../definition/step.js";
import { canonicalJson } from "../expression/canonical-json.js";
import type { KindLanguage } from "../kinds/kind.js";
import { batonLanguage } from "../kinds/language.js";
import { GRAPH_FORMAT } from "./graph.js";

/**
 * SHA-256 of the normalized definition and the graph format. The order of steps is significant (wildcards, views), so it
 * is part of the hash. The order of all other keys is not.
 */
export function definitionHash(definition: WorkflowDefinition, language: KindLanguage = batonLanguage): DefinitionHash {
  const text = canonicalJson({ definition, format: GRAPH_FORMAT, order: stepOrder(language, definition.steps) });
  return DefinitionHash.parse(createHash("sha256").update(text).digest("hex"));
}

function stepOrder(language: KindLanguage, steps: Steps): unknown {
  return Object.entries(steps).map(([id, step]) => [id, innerOrder(language, step)]);
}

function innerOrder(language: KindLanguage, step: Step): unknown {
  const kind = kindOf(language, step);
  if (kind.shape === "leaf") return [];
  const single = kind.single?.(step);
  if (single !== undefined) return innerOrder(language, single);
  return kind.scopes(step).map(({ steps }) => stepOrder(language, steps));
}
