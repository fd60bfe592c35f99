import { z } from "zod";
import { ApiSettings } from "../../apps/api/src/config.js";
import { WorkerSettings } from "../../apps/worker/src/config.js";
import { errorCatalog } from "../../packages/contract/src/errors.js";
import { problemCatalog } from "../../packages/contract/src/problem.js";
import { eventCatalog, RunEvent } from "../../packages/contract/src/run/event.js";
import { type MetricDefinition, metricDefinitions } from "../../packages/core/src/metrics/definitions.js";
import { documentedKeys } from "../../packages/core/src/redis/layout.js";
import { runTransitions, stepTransitions } from "../../packages/core/src/run/transitions.js";
import { invariantTable } from "./invariant-table.js";
import { restRoutes } from "./rest-routes.js";
import { scriptHeaders } from "./script-headers.js";
import { code, table, withWritten } from "./table.js";
import { drawTransitions, withoutStatuses } from "./transition-drawing.js";

/** What a block is made of; it is given its text on the page, for columns that people write. */
export type Block = (current: string) => string;

/** Statuses that no feature leads to yet. */
const later = {
  run: ["waiting", "waiting_approval", "paused", "rolling_back", "rolled_back", "rollback_failed"],
  step: ["waiting", "compensated"],
};

/** Every block that `npm run docs` writes, by the name in its marker: `<!-- generated:events -->`. */
export const blocks: Readonly<Record<string, Block>> = {
  "run-arrows": () => mermaid(drawTransitions(withoutStatuses(runTransitions, later.run), "initializing")),
  "all-run-arrows": () => mermaid(drawTransitions(runTransitions, "initializing")),
  "step-arrows": () => mermaid(drawTransitions(withoutStatuses(stepTransitions, later.step), "pending")),
  "all-step-arrows": () => mermaid(drawTransitions(stepTransitions, "pending")),
  keys: () =>
    table(
      ["key", "type", "holds"],
      documentedKeys.map(({ key, type, holds }) => [code(key), type, holds]),
    ),
  scripts: () =>
    table(
      ["script", "does", "replies", "events"],
      scriptHeaders().map(({ name, purpose, replies, events }) => [code(name), purpose, codes(replies), codes(events)]),
    ),
  invariants: invariantTable,
  "event-fields": (current) => {
    const rows = Object.keys(RunEvent.shape).map((field) => [code(field)]);
    return table(["field", "type", "meaning"], withWritten(rows, current, 2));
  },
  events: (current) => {
    const rows = Object.entries(eventCatalog).map(([type, sentence]) => [code(type), sentence]);
    return table(["type", "meaning", "data"], withWritten(rows, current, 1));
  },
  errors: (current) => {
    const rows = Object.entries(errorCatalog).map(([name, { status, retryable, title }]) => [
      code(name),
      String(status),
      retryable ? "yes" : "no",
      title,
    ]);
    return table(["code", "status", "retryable", "title", "what to do"], withWritten(rows, current, 1));
  },
  problems: () =>
    table(
      ["code", "meaning"],
      Object.entries(problemCatalog).map(([name, sentence]) => [code(name), sentence]),
    ),
  metrics: () =>
    table(
      ["name", "type", "labels", "description"],
      Object.entries<MetricDefinition>(metricDefinitions).map(([name, { type, labels, help }]) => [
        code(name),
        type,
        codes(labels),
        help,
      ]),
    ),
  "worker-configuration": () => table(["variable", "default", "description"], workerVariables()),
  "api-configuration": (current) => {
    const rows = Object.keys(ApiSettings.shape).map((name) => [code(name)]);
    return table(["variable", "default", "description"], withWritten(rows, current, 2));
  },
  "rest-routes": (current) => {
    const rows = restRoutes().map((route) => [code(route)]);
    return table(["route", "purpose"], withWritten(rows, current, 1));
  },
};

function workerVariables(): string[][] {
  const Property = z.looseObject({ default: z.unknown().optional(), description: z.string() });
  const { properties = {} } = z.toJSONSchema(WorkerSettings, { io: "input" });
  return Object.entries(properties).map(([name, property]) => {
    const { default: preset, description } = Property.parse(property);
    return [code(name), typeof preset === "string" ? code(preset) : "", description];
  });
}

function mermaid(drawing: string): string {
  return `\`\`\`mermaid\n${drawing}\`\`\``;
}

function codes(words: readonly string[]): string {
  return words.map(code).join(" ");
}
