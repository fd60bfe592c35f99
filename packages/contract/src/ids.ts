import * as z from "zod";

/** A run: a ULID, so that ids sort by time of creation. */
export const RunId = z
  .string()
  .regex(/^[0-7][0-9A-HJKMNP-TV-Z]{25}$/, "must be a run id (26 characters, ULID)")
  .brand<"RunId">();
export type RunId = z.infer<typeof RunId>;

/** A workflow's name. */
export const WorkflowName = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,63}$/, "must be at most 64 lowercase letters, digits, and dashes, beginning with a letter")
  .brand<"WorkflowName">();
export type WorkflowName = z.infer<typeof WorkflowName>;

/** A declared step's id, unique along its chain of scopes. */
export const STEP_ID_PATTERN = /^[a-z][a-z0-9_]{0,63}$/;

/**
 * A step instance: segments joined by dots, index segments 0-based decimals (`chunks.3.extract`).
 * A container's own id is its exit; its enter is `<container>._enter`.
 */
export const InstanceId = z
  .string()
  .max(512)
  .regex(
    /^[a-z][a-z0-9_]*(\.([a-z][a-z0-9_]*|0|[1-9][0-9]*|_enter))*$/,
    "must be a step instance id such as chunks.3.extract",
  )
  .brand<"InstanceId">();
export type InstanceId = z.infer<typeof InstanceId>;

/** SHA-256, in hexadecimal, of a normalized definition and the graph format. */
export const DefinitionHash = z
  .string()
  .regex(/^[0-9a-f]{64}$/, "must be a SHA-256 in hexadecimal")
  .brand<"DefinitionHash">();
export type DefinitionHash = z.infer<typeof DefinitionHash>;
