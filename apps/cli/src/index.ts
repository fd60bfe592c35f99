export { runCli } from "./cli.js";
export type { CliConfig } from "./config.js";
export { exitCodes } from "./exit-codes.js";
export type { Io, Output } from "./io.js";
