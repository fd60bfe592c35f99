import { z } from "zod";
import { namedParts, WorkflowDefinition } from "./schema.js";

for (const [id, part] of Object.entries(namedParts)) z.globalRegistry.add(part, { ...z.globalRegistry.get(part), id });

/** The language as a JSON Schema (draft 2020-12), for editors: what an author may write, before normalization. */
export function definitionJsonSchema(): Readonly<Record<string, unknown>> {
  const schema = z.toJSONSchema(WorkflowDefinition, { io: "input", target: "draft-2020-12" });
  return { $id: "urn:baton:schemas:baton-v1", title: "Baton workflow (baton/v1)", ...schema };
}
