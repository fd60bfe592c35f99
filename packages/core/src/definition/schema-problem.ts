import type { ProblemCode } from "@batonrun/contract";
import { isPlainObject, type Path, pointerOf } from "@batonrun/node/json";
import type { z } from "zod";
import { didYouMean } from "../expression/suggestion.js";
import type { Language } from "./language.js";
import { isNotYetKind, isNotYetStepKey, isNotYetTopKey } from "./not-yet.js";
import { isStepPath, keysAt, kindNameOf, ownKeys } from "./schema-keys.js";

/** One zod issue as a problem of Baton, and the path to remove so that the rest can be checked. */
export interface SchemaProblem {
  readonly path: Path;
  readonly code: ProblemCode;
  readonly message: string;
  /** The problem is with the key, not with its value. */
  readonly isKey: boolean;
}

/** The parsed value and the language that parsed it. */
export interface ParsedValue {
  readonly language: Language;
  readonly value: unknown;
}

type Issue = z.core.$ZodIssue;

/** The problems of one zod issue. Each unknown key becomes its own problem. */
export function schemaProblems(parsed: ParsedValue, issue: Issue): readonly SchemaProblem[] {
  const { value } = parsed;
  const path = pathSegments(issue.path);
  if (issue.code === "unrecognized_keys") return issue.keys.map((key) => unknownKey(parsed, path, key));
  if (issue.code === "invalid_key") return [badKey(path, issue)];
  if (issue.code === "invalid_union" && path.at(-1) === "type") return [unknownKind(parsed, path)];
  if (valueAt(value, path) === undefined && path.length > 0) return [missingKey(parsed, path)];
  return [{ path, isKey: false, code: codeOf(issue), message: `${nameOf(parsed, path)}: ${sentence(issue)}` }];
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

function unknownKey(parsed: ParsedValue, path: Path, key: string): SchemaProblem {
  const { language, value } = parsed;
  const where = path.length === 0 ? "a workflow" : nameOf(parsed, path);
  const problem = { path: [...path, key], isKey: true } as const;
  const kind = isStepPath(language, path) ? kindNameOf(language, valueAt(value, path)) : null;
  const isNotYet =
    kind === null ? path.length === 0 && isNotYetTopKey(key) : isNotYetStepKey(language.kinds[kind], key);
  if (isNotYet) return { ...problem, code: "not_supported_yet", message: notYet(language, kind, key) };
  const hint = kindHint(language, kind, key) ?? didYouMean(key, keysAt(language, path, value));
  const what = kind === null ? where : `a step of type ${kind}`;
  return { ...problem, code: "unknown_key", message: `${what} has no key "${key}".${hint}` };
}

function notYet({ defaultKind }: Language, kind: string | null, key: string): string {
  const where = kind === null || kind === defaultKind ? "" : ` on a ${kind}`;
  return `"${key}"${where} is not supported yet; remove it`;
}

/** A step without `type` has a key of another kind, such as `steps`: its author probably forgot the type. */
function kindHint(language: Language, kind: string | null, key: string): string | null {
  if (kind !== language.defaultKind) return null;
  const [first, ...others] = Object.keys(language.kinds).filter((name) => ownKeys(language, name).includes(key));
  if (first === undefined) return null;
  return ` Did you forget \`type: ${first}\`${others.length === 0 ? "" : ` (or ${others.join(", ")})`}?`;
}

function badKey(path: Path, issue: Extract<Issue, { code: "invalid_key" }>): SchemaProblem {
  const key = String(path.at(-1));
  const isStep = path.at(-2) === "steps";
  const rule = isStep
    ? "must be at most 64 lowercase letters, digits, and underscores, beginning with a letter"
    : (issue.issues[0]?.message ?? "is not a valid name");
  return { path, isKey: true, code: isStep ? "bad_step_id" : "bad_value", message: `the key "${key}" ${rule}` };
}

function unknownKind({ language, value }: ParsedValue, path: Path): SchemaProblem {
  const kind = valueAt(value, path);
  const known = Object.keys(language.kinds);
  if (isNotYetKind(kind)) {
    const message = `steps of type ${String(kind)} are not supported yet`;
    return { path, isKey: false, code: "not_supported_yet", message };
  }
  const hint = typeof kind === "string" ? didYouMean(kind, known) : "";
  const message = `unknown step type ${JSON.stringify(kind)}. Valid types are ${known.join(", ")}.${hint}`;
  return { path, isKey: false, code: "unknown_kind", message };
}

function missingKey(parsed: ParsedValue, path: Path): SchemaProblem {
  const { language, value } = parsed;
  const holder = path.slice(0, -1);
  const key = String(path.at(-1));
  const kind = kindNameOf(language, valueAt(value, holder));
  const isForgotten = key === kind && kind === language.defaultKind && isStepPath(language, holder);
  const hint = isForgotten ? ` (a step without \`type\` is an ${kind})` : "";
  const message = `${holder.length === 0 ? "the workflow" : nameOf(parsed, holder)} needs "${key}"${hint}`;
  return { path, isKey: true, code: "missing_key", message };
}

function codeOf(issue: Issue): ProblemCode {
  return issue.code === "custom" && issue.params?.["problem"] === "bad_duration" ? "bad_duration" : "bad_value";
}

function sentence(issue: Issue): string {
  return issue.message.replace(/^Invalid input: /, "").replace(/^Invalid option: /, "");
}

function nameOf({ language }: ParsedValue, path: Path): string {
  const last = path.at(-1);
  if (isStepPath(language, path))
    return last === "step" && path.at(-2) !== "steps" ? "the map's step" : `step "${last}"`;
  return path.length === 0 ? "the definition" : pointerOf(path).slice(1).replaceAll("/", ".");
}
