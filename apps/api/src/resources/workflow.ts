import { WorkflowName } from "@batonrun/contract";
import { z } from "zod";

export const WorkflowParams = z.object({
  name: WorkflowName.meta({ description: "The workflow's name", example: "document-analysis" }),
});

export const VersionParams = WorkflowParams.extend({
  version: z.string().min(1).max(64).meta({ description: "Its version", example: "1.0.0" }),
});
