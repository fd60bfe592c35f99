import { pathToFileURL } from "node:url";
import type { Action } from "@batonrun/core/actions";
import { actionProblems, looksLikeAction } from "./action-shape.js";
import { resolveModule } from "./resolve-module.js";

/** An action and where it comes from, as a person would say it. */
export interface LoadedAction {
  readonly action: Action;
  readonly origin: string;
}

/** The modules in `BATON_ACTIONS` cannot be used; the message lists every problem. */
export class ActionLoadError extends Error {
  override readonly name = "ActionLoadError";

  constructor(problems: readonly string[], options?: { readonly cause: unknown }) {
    super(["Cannot load actions:", ...problems.map((problem) => `  ${problem}`)].join("\n"), options);
  }
}

interface ModuleActions {
  readonly actions: readonly LoadedAction[];
  readonly problems: readonly string[];
}

/** Imports every module and takes every action that it exports, under whatever name. Paths and packages count from `cwd`. */
export async function loadActions(specifiers: readonly string[], cwd: string): Promise<readonly LoadedAction[]> {
  const modules = await Promise.all([...new Set(specifiers)].map((specifier) => loadModule(specifier, cwd)));
  const problems = modules.flatMap((module) => module.problems);
  if (problems.length > 0) throw new ActionLoadError(problems);
  return modules.flatMap((module) => module.actions);
}

async function loadModule(specifier: string, cwd: string): Promise<ModuleActions> {
  const file = resolveModule(specifier, cwd);
  if (file === null) return refused(`${specifier}: module not found (from ${cwd})`);
  try {
    // A namespace is an object whatever the module exports; what is in it is looked at before it is used.
    const namespace = (await import(pathToFileURL(file).href)) as Readonly<Record<string, unknown>>;
    return takeActions(specifier, namespace);
  } catch (error) {
    return refused(`${specifier}: ${importProblem(file, error)}`);
  }
}

function takeActions(specifier: string, namespace: Readonly<Record<string, unknown>>): ModuleActions {
  const candidates = Object.entries(namespace).flatMap(([name, value]) =>
    looksLikeAction(value) ? [{ name, value }] : [],
  );
  if (candidates.length === 0)
    return refused(`${specifier}: exports no action (create one with defineAction and export it)`);
  const problems = candidates.flatMap(({ name, value }) =>
    actionProblems(value).map((problem) => `${specifier}: export ${name} is not an action: ${problem}`),
  );
  const actions = candidates.map(({ name, value }) => ({ action: value, origin: `export ${name} of ${specifier}` }));
  return { actions, problems };
}

function importProblem(file: string, error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  const isTypeScript = /\.[cm]?ts$/.test(file);
  const hint = isTypeScript ? "; compile it to JavaScript, or start the worker with tsx" : "";
  return `import failed: ${message}${hint}`;
}

function refused(problem: string): ModuleActions {
  return { actions: [], problems: [problem] };
}
