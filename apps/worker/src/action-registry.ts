import type { Action } from "@batonrun/core/actions";
import { ActionLoadError, type LoadedAction } from "./loading/load-actions.js";

/** Actions by name. Two different ones of one name are refused: which of them ran would depend on the order of a list. */
export function createActionRegistry(loaded: readonly LoadedAction[]): ReadonlyMap<string, Action> {
  const byName = new Map<string, LoadedAction>();
  const problems: string[] = [];
  for (const entry of loaded) {
    const { name } = entry.action;
    const first = byName.get(name);
    if (first === undefined) byName.set(name, entry);
    // The same object twice is a module that exports it under two names, or that two names lead to.
    else if (first.action !== entry.action)
      problems.push(`duplicate action ${name}: ${first.origin} and ${entry.origin}`);
  }
  if (problems.length > 0) throw new ActionLoadError(problems);
  return new Map([...byName].map(([name, { action }]) => [name, action]));
}

/** The default capabilities of a worker: all capabilities of its actions. */
export function capabilitiesOf(actions: ReadonlyMap<string, Action>): readonly string[] {
  return [...new Set([...actions.values()].map((action) => action.capability))].sort();
}
