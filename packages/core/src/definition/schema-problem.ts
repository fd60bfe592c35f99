import type { ProblemCode } from "@batonrun/contract";
import { isPlainObject, type Path, pointerOf } from "@batonrun/node/json";
import type { z } from "zod";
import { didYouMean } from "../expression/suggestion.js";
import { isNotYetKind, isNotYetStepKey, isNotYetTopKey } from "./not-yet.js";
import { keysAt, stepKinds } from "./schema-keys.js";

/** One issue of the schema in Baton's words, and what to cut out so that the rest can be looked at. */
export interface SchemaProblem {
  readonly path: Path;
  readonly code: ProblemCode;
  readonly message: string;
  /** The problem is a key, not its value. */
  readonly isKey: boolean;
}

type Issue = z.core.$ZodIssue;

/** What one issue says: a key too many is a problem of its own each. */
export function schemaProblems(issue: Issue, value: unknown): readonly SchemaProblem[] {
  const path = pathSegments(issue.path);
  if (issue.code === "unrecognized_keys") return issue.keys.map((key) => unknownKey(path, key, value));
  if (issue.code === "invalid_key") return [badKey(path, issue)];
  if (issue.code === "invalid_union" && path.at(-1) === "type") return [unknownKind(path, valueAt(value, path))];
  if (valueAt(value, path) === undefined && path.length > 0) return [missingKey(path, value)];
  return [{ path, isKey: false, code: codeOf(issue), message: `${nameOf(path)}: ${sentence(issue)}` }];
}

export function valueAt(value: unknown, path: Path): unknown {
  let at: unknown = value;
  for (const segment of path) {
    if (Array.isArray(at)) at = at[Number(segment)];
    else if (isPlainObject(at) && Object.hasOwn(at, segment)) at = at[String(segment)];
    else return undefined;
  }
  return at;
}

function pathSegments(path: readonly PropertyKey[]): Path {
  return path.map((segment) => (typeof segment === "number" ? segment : String(segment)));
}

function unknownKey(path: Path, key: string, value: unknown): SchemaProblem {
  const holder = valueAt(value, path);
  const where = path.length === 0 ? "a workflow" : nameOf(path);
  const problem = { path: [...path, key], isKey: true } as const;
  const kind = isStepPath(path) ? kindOf(holder) : null;
  if (kind === null ? path.length === 0 && isNotYetTopKey(key) : isNotYetStepKey(kind, key))
    return { ...problem, code: "not_supported_yet", message: notYet(kind, key) };
  const hint = kindHint(kind, key) ?? didYouMean(key, keysAt(path, kind));
  const what = kind === null ? where : `a step of type ${kind}`;
  return { ...problem, code: "unknown_key", message: `${what} has no key "${key}".${hint}` };
}

function notYet(kind: string | null, key: string): string {
  const where = kind === null || kind === "action" ? "" : ` on a ${kind}`;
  return `"${key}"${where} is not supported yet; remove it`;
}

/** `steps` on a step without `type` is nearly always a container whose type was forgotten. */
function kindHint(kind: string | null, key: string): string | null {
  if (kind !== "action") return null;
  if (key === "steps") return " Did you forget `type: parallel` (or map)?";
  if (key === "over" || key === "step") return " Did you forget `type: map`?";
  return key === "cases" || key === "else" ? " Did you forget `type: conditional`?" : null;
}

function badKey(path: Path, issue: Extract<Issue, { code: "invalid_key" }>): SchemaProblem {
  const key = String(path.at(-1));
  const isStep = path.at(-2) === "steps";
  const rule = isStep
    ? "must be at most 64 lowercase letters, digits, and underscores, beginning with a letter"
    : (issue.issues[0]?.message ?? "is not a valid name");
  return { path, isKey: true, code: isStep ? "bad_step_id" : "bad_value", message: `the key "${key}" ${rule}` };
}

function unknownKind(path: Path, kind: unknown): SchemaProblem {
  if (isNotYetKind(kind))
    return {
      path,
      isKey: false,
      code: "not_supported_yet",
      message: `steps of type ${String(kind)} are not supported yet`,
    };
  const hint = typeof kind === "string" ? didYouMean(kind, stepKinds) : "";
  const message = `unknown step type ${JSON.stringify(kind)}. Valid types are ${stepKinds.join(", ")}.${hint}`;
  return { path, isKey: false, code: "unknown_kind", message };
}

function missingKey(path: Path, value: unknown): SchemaProblem {
  const holder = path.slice(0, -1);
  const key = String(path.at(-1));
  const forgotten = key === "action" && isStepPath(holder) && kindOf(valueAt(value, holder)) === "action";
  const hint = forgotten ? " (a step without `type` is an action)" : "";
  const message = `${holder.length === 0 ? "the workflow" : nameOf(holder)} needs "${key}"${hint}`;
  return { path, isKey: true, code: "missing_key", message };
}

function codeOf(issue: Issue): ProblemCode {
  return issue.code === "custom" && issue.params?.["problem"] === "bad_duration" ? "bad_duration" : "bad_value";
}

function sentence(issue: Issue): string {
  return issue.message.replace(/^Invalid input: /, "").replace(/^Invalid option: /, "");
}

/** The kind that a step says it is; one that says nothing is an action. */
function kindOf(step: unknown): string {
  const kind = isPlainObject(step) && Object.hasOwn(step, "type") ? step["type"] : "action";
  return typeof kind === "string" ? kind : "action";
}

/** `/steps/a`, `/steps/m/step`, `/steps/c/cases/0/steps/b`: what ends in a step. */
export function isStepPath(path: Path): boolean {
  if (path.length < 2) return false;
  return path.at(-2) === "steps"
    ? isScopePath(path.slice(0, -2))
    : path.at(-1) === "step" && isStepPath(path.slice(0, -1));
}

/** What may have `steps`: the workflow, a step, a case, an else. */
function isScopePath(path: Path): boolean {
  if (path.length === 0 || isStepPath(path)) return true;
  if (path.at(-1) === "else") return isStepPath(path.slice(0, -1));
  return path.at(-2) === "cases" && isStepPath(path.slice(0, -2));
}

function nameOf(path: Path): string {
  const last = path.at(-1);
  if (isStepPath(path)) return last === "step" ? "the map's step" : `step "${last}"`;
  return path.length === 0 ? "the definition" : pointerOf(path).slice(1).replaceAll("/", ".");
}
