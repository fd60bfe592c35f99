export { readConfig, type WorkerConfig } from "./config.js";
export { type Connection, connect } from "./connect.js";
export { type StartedWorker, startWorker, type WorkerOptions } from "./start-worker.js";
