import { z } from "zod";

/** The language has a JSON Schema of its own, far better than a copy in this document. */
export const DefinitionDocument = z.record(z.string(), z.unknown()).meta({
  id: "WorkflowDefinition",
  description: "A workflow in the baton/v1 format. Its JSON Schema is at /schemas/baton-v1.schema.json.",
});

export const definitionExamples = {
  hello: {
    apiVersion: "baton/v1",
    name: "hello",
    version: "1.0.0",
    steps: { greet: { action: "core.noop", with: { greeting: "Hello, {{ input.name }}!" } } },
    output: "{{ greet.result.greeting }}",
  },
} as const;
