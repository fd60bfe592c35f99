import { EXAMPLE_RUN_ID, RunId, RunStatus, StepStatus } from "@batonrun/contract";
import { z } from "zod";
import { PageQuery } from "./list.js";

export const RunParams = z.object({ id: RunId.meta({ description: "The run's id", example: EXAMPLE_RUN_ID }) });

export const ListRunsQuery = PageQuery.extend({
  workflow: z
    .string()
    .min(1)
    .max(64)
    .optional()
    .meta({ description: "Only runs of this workflow", example: "document-analysis" }),
  status: RunStatus.optional().meta({ description: "Only items with this status" }),
  tag: z.string().min(1).max(64).optional().meta({ description: "Only runs with this tag" }),
  after: instant("Only runs created after this time"),
  before: instant("Only runs created before this time"),
});

export const ListStepsQuery = PageQuery.extend({
  parent: z
    .string()
    .min(1)
    .max(512)
    .optional()
    .meta({ description: "Only instances of this container", example: "chunks" }),
  status: StepStatus.optional().meta({ description: "Only items with this status" }),
});

function instant(description: string) {
  return z.iso
    .datetime({ offset: true, error: "must be a time such as 2026-11-21T08:30:00Z" })
    .optional()
    .transform((text) => (text === undefined ? undefined : Date.parse(text)))
    .meta({ description, type: "string", format: "date-time" });
}
