import * as z from "zod";
import { GraphDrawing } from "./graph.js";
import { pageOf } from "./page.js";
import { Problem } from "./problem.js";

/** A version of a workflow in a list. */
export const VersionSummary = z.object({ version: z.string(), hash: z.string(), createdAt: z.iso.datetime() });
export type VersionSummary = Readonly<z.infer<typeof VersionSummary>>;

/** A registered workflow: its versions, the newest by semver first. */
export const WorkflowView = z
  .object({ name: z.string(), latest: z.string(), versions: z.array(VersionSummary).readonly() })
  .meta({ id: "Workflow", description: "A registered workflow, newest version first" });
export type WorkflowView = Readonly<z.infer<typeof WorkflowView>>;

export const WorkflowPage = pageOf(WorkflowView).meta({ id: "WorkflowList" });

/** One immutable version; its definition is in normal form, every default written out. */
export const WorkflowVersionView = VersionSummary.extend({
  name: z.string(),
  definition: z.record(z.string(), z.unknown()),
  graph: GraphDrawing,
}).meta({ id: "WorkflowVersion", description: "An immutable version with its normalized definition and its graph" });
export type WorkflowVersionView = Readonly<z.infer<typeof WorkflowVersionView>>;

/** The version as it is registered; `problems` holds warnings only. */
export const RegisteredWorkflow = z
  .object({ name: z.string(), version: z.string(), hash: z.string(), problems: z.array(Problem).readonly() })
  .meta({ id: "RegisteredWorkflow", description: "The registered version; `problems` lists warnings" });
export type RegisteredWorkflow = Readonly<z.infer<typeof RegisteredWorkflow>>;

/** Every problem of a definition at once. `graph` is null where one of them is an error. */
export const WorkflowValidation = z
  .object({ valid: z.boolean(), problems: z.array(Problem).readonly(), graph: GraphDrawing.nullable() })
  .meta({
    id: "WorkflowValidation",
    description: "Every problem, with its position",
    example: {
      valid: false,
      problems: [
        {
          pointer: "/steps/summarize/needs/0",
          line: 9,
          column: 13,
          severity: "error",
          code: "unknown_step",
          message: 'step "extrakt" does not exist.',
        },
      ],
      graph: null,
    },
  });
export type WorkflowValidation = Readonly<z.infer<typeof WorkflowValidation>>;
