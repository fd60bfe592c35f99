export {
  type Action,
  type ActionContext,
  ActionError,
  type ActionLog,
  type ActionOptions,
  defineAction,
  type Effects,
} from "./define-action.js";
