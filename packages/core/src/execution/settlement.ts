import type { EventType, SerializedError } from "@batonrun/contract";
import { enteredBy, instanceOf, templateOf } from "../graph/graph.js";
import { containerKinds } from "../kinds/index.js";
import { counterOf, type GraphPlan, type NodePlan } from "../plan/node-plan.js";
import type { Dependent } from "../ports/route.js";
import type { Settlement } from "../ports/settlement.js";
import type { StepOutcome } from "../run/outcome.js";

/** A node of one run: the plan, and which indexes it stands at. */
export interface PlacedNode {
  readonly plans: GraphPlan;
  readonly plan: NodePlan;
  readonly indexes: readonly number[];
  /** The run's priority. */
  readonly priority: number;
}

/** Settlements of one script. */
export const MAX_BATCH = 200;

const eventOf = {
  completed: "step_completed",
  failed: "step_failed",
  skipped: "step_skipped",
  cancelled: "step_cancelled",
} as const satisfies Record<StepOutcome["status"], EventType>;

/**
 * The settlements of one outcome: the node's own, and those that certainly follow from it — the dependents that a failure
 * or a skip skips when nothing else could still save them — so that they need no job.
 */
export function settlementsOf(placed: PlacedNode, outcome: StepOutcome): readonly Settlement[] {
  const batch: Settlement[] = [];
  if (placed.plan.node.role === "enter") {
    batch.push(silentSettlement(instanceOf(placed.plan.node.id, placed.indexes), outcome));
  }
  const ended = placed.plan.own ? at(placed, placed.plan.own.id) : placed;
  addSettlement(batch, ended, { outcome, entered: true });
  return batch;
}

/** An outcome that only the state shows: the end of an enter. */
function silentSettlement(instance: string, outcome: StepOutcome): Settlement {
  return { instance, ...storedOutcome(outcome), silent: true, arrival: "ok", dependents: [] };
}

function addSettlement(
  batch: Settlement[],
  placed: PlacedNode,
  ending: { readonly outcome: StepOutcome; readonly entered: boolean },
): void {
  const own = settlementOf(placed, ending);
  const index = batch.push(own) - 1;
  if (own.arrival === "ok" || own.failsRun || own.status === "cancelled") return;
  const dependents: Dependent[] = [];
  for (const dependent of own.dependents) {
    if (!isCertainSkip(own, dependent) || batch.length >= MAX_BATCH - 1) dependents.push(dependent);
    else skipDependent(batch, placed, { own, dependent });
  }
  batch[index] = { ...own, dependents };
}

function skipDependent(
  batch: Settlement[],
  placed: PlacedNode,
  edge: { readonly own: Settlement; readonly dependent: Dependent },
): void {
  const { own, dependent } = edge;
  const template = templateOf(placed.plans.graph, dependent.instance)?.template ?? dependent.instance;
  const enter = dependent.route.role === "enter" ? enteredBy(template) : template;
  const reason = own.arrival === "failed" ? "dependency_failed" : "dependency_skipped";
  addSettlement(batch, at(placed, enter), { outcome: { status: "skipped", reason }, entered: false });
}

function isCertainSkip(own: Settlement, dependent: Dependent): boolean {
  const { role, aware } = dependent.route;
  if (dependent.indegree !== 1 || (role !== "step" && role !== "enter")) return false;
  return own.arrival === "failed" || !aware;
}

function settlementOf(
  placed: PlacedNode,
  ending: { readonly outcome: StepOutcome; readonly entered: boolean },
): Settlement {
  const { plans, plan, indexes, priority } = placed;
  const { outcome, entered } = ending;
  const { node, parent } = plan;
  const isTop = node.container === null && node.role !== "enter";
  const failsRun = isTop && outcome.status === "failed" && node.step.onError === "fail";
  const counter = counterOf(plan, indexes);
  return {
    instance: instanceOf(node.id, indexes),
    ...storedOutcome(outcome),
    ...(node.role === "item" ? { silent: true as const } : { event: eventOf[outcome.status], ...eventData(outcome) }),
    arrival: arrivalOf(plan, outcome),
    dependents: plans.dependents(plan, indexes, priority),
    ...(counter !== null && countsFailure(plan, outcome) ? { countIn: counter } : {}),
    ...(isTop ? { isTop: true as const } : {}),
    ...(entered ? {} : { follows: true as const }),
    ...(plan.endsItem && parent ? { endsItem: plans.itemTemplate(parent, indexes.slice(0, -1), priority) } : {}),
    ...(entered && parent?.kind === "parallel" && parent.maxParallel !== null
      ? { endsBranchOf: instanceOf(parent.id, indexes) }
      : {}),
    ...(failsRun ? failure(instanceOf(node.id, indexes), outcome) : {}),
  };
}

function storedOutcome(outcome: StepOutcome) {
  switch (outcome.status) {
    case "completed":
      return {
        status: outcome.status,
        ...(outcome.result === null ? {} : { result: outcome.result }),
        ...(outcome.degraded ? { degraded: true as const } : {}),
      };
    case "failed":
    case "cancelled":
      return { status: outcome.status, error: JSON.stringify(outcome.error) };
    case "skipped":
      return { status: outcome.status, reasonOfSkip: outcome.reason };
  }
}

function eventData(outcome: StepOutcome): { readonly data?: string } {
  if (outcome.status === "completed") return {};
  if (outcome.status === "skipped") return { data: JSON.stringify({ reason: outcome.reason }) };
  return { data: JSON.stringify({ error: errorInEvent(outcome.error) }) };
}

/** What an event tells of an error: enough to see what it was, and no payload. */
export function errorInEvent({ type, message }: SerializedError) {
  return { type, message: message.slice(0, 500) };
}

function arrivalOf(plan: NodePlan, outcome: StepOutcome): Settlement["arrival"] {
  if (outcome.status === "completed") return "ok";
  if (outcome.status === "skipped") return outcome.reason === "dependency_failed" ? "failed" : "skipped";
  return plan.node.step.onError === "continue" && plan.node.role !== "item" ? "ok" : "failed";
}

/** Whether an outcome belongs to its container's counters. */
function countsFailure(plan: NodePlan, outcome: StepOutcome): boolean {
  if (outcome.status !== "failed" || plan.parent === null) return outcome.status === "skipped";
  if (plan.node.role === "item" || plan.node.step.onError === "fail") return true;
  const ofItem = plan.parent.kind === "map" && !plan.endsItem;
  return !ofItem && containerKinds[plan.parent.kind].countsTolerated;
}

function failure(instance: string, outcome: StepOutcome) {
  const error = outcome.status === "failed" ? outcome.error : { type: "action", message: "" };
  return {
    failsRun: true as const,
    reason: `${instance}: ${error.type}: ${error.message}`,
    closingData: JSON.stringify({ closing: "failed", step: instance, error: { type: error.type } }),
  };
}

function at(placed: PlacedNode, template: string): PlacedNode {
  const plan = placed.plans.plan(template);
  return plan === placed.plan ? placed : { ...placed, plan };
}
