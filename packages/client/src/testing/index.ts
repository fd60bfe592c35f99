export { eventLog, eventStream, helloLog, RUN_ID, runView, runViewWith, stepView } from "./run-scripts.js";
export {
  type Exchange,
  problem,
  type Script,
  type ScriptedAnswer,
  type ScriptedServer,
  startScriptedServer,
} from "./scripted-server.js";
