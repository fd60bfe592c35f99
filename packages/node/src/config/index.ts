export {
  CellName,
  CommaList,
  durationField,
  Flag,
  Host,
  LogLevel,
  Port,
  RedisUrl,
  wholeNumber,
} from "./config-fields.js";
export { ConfigError, type Environment, readEnvironment } from "./read-environment.js";
