export {
  type ApiErrorCode,
  type ApiErrorOptions,
  BatonApiError,
  isRetryable,
  type TransportErrorCode,
} from "./api-error.js";
export { type Backoff, exponentialBackoff } from "./backoff.js";
export { type BatonClient, type ClientOptions, createBatonClient, DEFAULT_SERVER } from "./client.js";
export {
  CancelledRun,
  DrawnStep,
  GraphView,
  QueueView,
  type StartedRun,
  WorkerView,
  WorkflowCheck,
  WorkflowProblem,
  WorkflowVersionSummary,
  WorkflowVersionView,
  WorkflowView,
} from "./contracts.js";
export type { FollowOptions, Reconnect } from "./follow-events.js";
export type { GraphPicture } from "./graph-format.js";
export type { Page } from "./paging.js";
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
  StartOptions,
  StepFilter,
} from "./runs.js";
export type { RegisteredWorkflow, VersionOptions, WorkflowsApi, WorkflowText } from "./workflows.js";
