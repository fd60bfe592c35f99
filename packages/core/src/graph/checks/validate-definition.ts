import type { Problem } from "@batonrun/contract";
import { pathOf } from "@batonrun/node/json";
import type { SizeLimits } from "../../definition/json-limits.js";
import type { WorkflowDefinition } from "../../definition/language.js";
import { type DefinitionDraft, draftDefinition } from "../../definition/parse.js";
import { sortProblems } from "../../definition/sort-problems.js";
import type { SourceFormat } from "../../definition/source/source-document.js";
import type { AnnouncedAction, KindLanguage } from "../../kinds/kind.js";
import { batonLanguage } from "../../kinds/language.js";
import { buildGraph } from "../compile.js";
import type { Graph } from "../graph.js";
import { type LinkIssue, type Links, linkSteps } from "../links.js";
import { type Outline, outlineOf } from "../outline.js";
import { indexNames } from "../visibility.js";
import { findCycles, printCycle } from "./cycle.js";
import { type GraphLimits, graphLimits } from "./graph-limits.js";
import { checkSchemas, checkVars } from "./schema-check.js";
import { checkSizes } from "./size-check.js";
import { unreachableSteps } from "./unreachable.js";

/** Limits on the size of a definition, where they differ from the defaults. */
export type DefinitionLimits = Partial<SizeLimits & GraphLimits>;

export interface ValidateOptions {
  /** The syntax of the text. `auto`, the default, detects it. */
  readonly format?: SourceFormat;
  /** Actions announced by live workers. If absent, unknown actions are not reported. */
  readonly actions?: readonly AnnouncedAction[];
  readonly limits?: DefinitionLimits;
  /** The supported step kinds. Defaults to all of this version. */
  readonly language?: KindLanguage;
}

export interface Validation {
  /** Null if `problems` contains an error. */
  readonly definition: WorkflowDefinition | null;
  readonly graph: Graph | null;
  /** Sorted by line. */
  readonly problems: readonly Problem[];
}

/**
 * Finds all problems of a definition in one pass. Returns its graph if there are only warnings.
 * `source` is text or a parsed value.
 * @example const { graph, problems } = validateDefinition(text, { format: "yaml", actions });
 */
export function validateDefinition(source: unknown, options: ValidateOptions = {}): Validation {
  const { format = "auto", limits = {}, language = batonLanguage } = options;
  const read = draftDefinition(language, source, { format, limits });
  if (read.draft === null) return { definition: null, graph: null, problems: read.problems };
  const outline = outlineOf(read.draft, language);
  const links = linkSteps(indexNames(outline, idsOf(read.broken)));
  const found = checkAll(outline, links, options).map((issue) => toProblem(issue, read.locate));
  const problems = firstProblems(sortProblems([...read.problems, ...found]));
  if (problems.some(({ severity }) => severity === "error")) return { definition: null, graph: null, problems };
  return { definition: read.definition, graph: buildGraph(outline, links), problems };
}

/** Generated definitions can have one problem per reference. More than this is not useful. */
const MAX_PROBLEMS = 1_000;

function firstProblems(problems: readonly Problem[]): readonly Problem[] {
  const rest = problems.slice(MAX_PROBLEMS);
  if (rest.length === 0) return problems;
  const severity = rest.some((problem) => problem.severity === "error") ? "error" : "warning";
  const message = `${rest.length} more problems`;
  return [...problems.slice(0, MAX_PROBLEMS), { pointer: "", severity, code: "limit_exceeded", message }];
}

function checkAll(outline: Outline, links: Links, { actions, limits = {} }: ValidateOptions): readonly LinkIssue[] {
  return [
    ...links.issues,
    ...cycleIssues(outline, links),
    ...checkSizes(outline, links, { ...graphLimits, ...limits }),
    ...checkSchemas(outline),
    ...checkVars(outline),
    ...unreachableSteps(outline, links),
    ...(actions === undefined ? [] : checkKinds(outline, actions)),
  ];
}

/** Problems found by the kinds themselves, which can use what live workers announced. */
function checkKinds({ steps }: Outline, actions: readonly AnnouncedAction[]): readonly LinkIssue[] {
  return steps.flatMap(({ step, kind, pointer }) =>
    (kind.check?.(step, actions) ?? []).map((issue) => ({ ...issue, pointer: pointer + issue.pointer })),
  );
}

function cycleIssues(outline: Outline, links: Links): readonly LinkIssue[] {
  return findCycles(outline, links).map((cycle) => ({
    pointer: cycle[0]?.pointer ?? "",
    severity: "error",
    code: "cycle",
    message: `steps depend on each other in a cycle: ${printCycle(cycle)} (each needs the next)`,
    isKey: true,
  }));
}

function toProblem({ isKey, inside, ...problem }: LinkIssue, locate: DefinitionDraft["locate"]): Problem {
  const { pointer } = problem;
  const location = { pointer, ...(isKey === true ? { key: true } : {}), ...(inside === undefined ? {} : { inside }) };
  return { ...problem, ...locate(location) };
}

function idsOf(pointers: ReadonlySet<string>): ReadonlySet<string> {
  return new Set([...pointers].flatMap((pointer) => pathOf(pointer).at(-1) ?? []));
}
