/** What the engine asks of the world: each port is an interface here, and an adapter in redis/ or memory/. */
export type {
  AnnouncedAction,
  AnnouncedWorker,
  DefinitionStore,
  QueueCounts,
  QueueMonitor,
  StoredVersion,
  WorkerDirectory,
} from "./ports/directory.js";
export type {
  ContainerCounters,
  EventFeed,
  InputReader,
  ListRunsQuery,
  LoadedInput,
  Page,
  RunReader,
  RunRecord,
  StoredStep,
} from "./ports/run-reader.js";
export type { Dependent, Entered, ItemTemplate, Route, Settlement } from "./ports/schedule.js";
export type { Clock, Metrics } from "./ports/surroundings.js";
export type {
  BreachSlaCommand,
  ClaimedRun,
  ClaimedStep,
  ClaimReply,
  ClaimStepCommand,
  CloseReply,
  DelayReply,
  DelayStepCommand,
  FinishReply,
  FinishRunCommand,
  Lease,
  RequeueCommand,
  SettleReply,
  SettleStepCommand,
  SlaNotes,
  StartRunCommand,
  StartRunReply,
  Transitions,
} from "./ports/transitions.js";
