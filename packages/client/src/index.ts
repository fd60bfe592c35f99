export {
  type ApiErrorCode,
  type ApiErrorOptions,
  BatonApiError,
  isRetryable,
  type TransportErrorCode,
} from "./api-error.js";
export { type Backoff, exponentialBackoff } from "./backoff.js";
export { type BatonClient, type ClientOptions, createBatonClient, DEFAULT_SERVER } from "./client.js";
export type { FollowOptions, Reconnect } from "./follow-events.js";
export type { GraphPicture } from "./graph-format.js";
export type {
  BatchItem,
  BatchResult,
  CallOptions,
  CancelOptions,
  PageOptions,
  RunFilter,
  RunOptions,
  RunRequest,
  RunsApi,
  StartedRun,
  StartOptions,
  StepFilter,
} from "./runs.js";
export type { RegisteredVersion, VersionOptions, WorkflowsApi, WorkflowText } from "./workflows.js";
