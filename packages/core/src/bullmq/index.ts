export { JobHandoff } from "./job-handoff.js";
export { openQueue } from "./open-queue.js";
export { type ActiveJob, type JobEnd, type QueueWorker, startQueueWorker } from "./queue-worker.js";
