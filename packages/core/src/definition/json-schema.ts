import { z } from "zod";
import { WorkflowDefinition } from "./schema.js";

export const SCHEMA_ID = "https://baton.dev/schemas/baton-v1.schema.json";

/** The language as a JSON Schema (draft 2020-12), for editors: what an author may write, before normalisation. */
export function definitionJsonSchema(): Readonly<Record<string, unknown>> {
  const schema = z.toJSONSchema(WorkflowDefinition, { io: "input", target: "draft-2020-12" });
  return { $id: SCHEMA_ID, title: "Baton workflow (baton/v1)", ...schema };
}
