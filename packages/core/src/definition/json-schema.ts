import { z } from "zod";
import type { Language } from "./language.js";

/** The workflow format as a JSON Schema (draft 2020-12) for editors: what authors can write, before normalization. */
export function languageJsonSchema({ workflow, parts }: Language): Readonly<Record<string, unknown>> {
  for (const [id, part] of Object.entries(parts))
    if (z.globalRegistry.get(part)?.id === undefined) z.globalRegistry.add(part, { ...z.globalRegistry.get(part), id });
  const schema = z.toJSONSchema(workflow, { io: "input", target: "draft-2020-12" });
  return { $id: "urn:baton:schemas:baton-v1", title: "Baton workflow (baton/v1)", ...schema };
}
