export { createApp } from "./app.js";
export { type ApiConfig, readConfig } from "./config.js";
export { type Connection, type ConnectOptions, connect } from "./connect.js";
export type { ApiDependencies, EngineDependencies } from "./dependencies.js";
export { closeServer, listen, serverOf } from "./server.js";
