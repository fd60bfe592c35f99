export { openQueue } from "./open-queue.js";
export { type HeldJob, HeldJobs, type JobEnd, type QueueWorker, startQueueWorker } from "./queue-worker.js";
