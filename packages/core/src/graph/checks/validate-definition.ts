import type { Problem } from "@batonrun/contract";
import { pathOf } from "@batonrun/node/json";
import type { SizeLimits } from "../../definition/json-limits.js";
import type { WorkflowDefinition } from "../../definition/language.js";
import { type DefinitionDraft, draftDefinition } from "../../definition/parse.js";
import { sortProblems } from "../../definition/sort-problems.js";
import type { SourceFormat } from "../../definition/source-document.js";
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

/** How large a definition may be, where that differs from the format's own limits. */
export type DefinitionLimits = Partial<SizeLimits & GraphLimits>;

export interface ValidateOptions {
  /** How a text is written; `auto`, the default, finds out. */
  readonly format?: SourceFormat;
  /** What live workers announced. Without it, unknown actions are not looked for. */
  readonly actions?: readonly AnnouncedAction[];
  readonly limits?: DefinitionLimits;
  /** The kinds of step; by default, all that this version has. */
  readonly language?: KindLanguage;
}

export interface Validation {
  /** Null where there is an error among the problems. */
  readonly definition: WorkflowDefinition | null;
  readonly graph: Graph | null;
  /** Sorted by line. */
  readonly problems: readonly Problem[];
}

/**
 * Everything that is wrong with a definition, found in one pass; and its graph when nothing is but warnings.
 * `source` is a text, or the value that was made of one.
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

/** Nobody reads more, and a definition made by a faulty program has one a reference. */
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

/** What the kinds themselves find wrong with their steps, seen together with what live workers announced. */
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
