import type { EventType, SerializedError } from "@batonrun/contract";
import { instanceOf, templateOf } from "../graph/graph.js";
import { enteredBy } from "../graph/outline.js";
import type { Dependent } from "../ports/route.js";
import type { RunFailure, Settlement } from "../ports/settlement.js";
import type { StepOutcome } from "../run/outcome.js";
import { type NodeInstance, siblingNode } from "./node-instance.js";
import { branchLimit, counterOf, type NodePlan } from "./node-plan.js";

/** Maximum number of settlements per script. */
export const MAX_BATCH = 200;

const eventOf = {
  completed: "step_completed",
  failed: "step_failed",
  skipped: "step_skipped",
  cancelled: "step_cancelled",
} as const satisfies Record<StepOutcome["status"], EventType>;

/**
 * The settlements of one outcome: the node's own, and those that follow with certainty. A failure or a skip also skips
 * the dependents that nothing else can still make run, so these need no job.
 */
export function settlementsOf(target: NodeInstance, outcome: StepOutcome): readonly Settlement[] {
  const batch: Settlement[] = [];
  if (target.plan.node.role === "enter") {
    batch.push(silentSettlement(instanceOf(target.plan.node.id, target.indexes), outcome));
  }
  const ended = target.plan.own ? siblingNode(target, target.plan.own.id) : target;
  addSettlement(batch, ended, { outcome, entered: true });
  return batch;
}

/** The settlement of an outcome that is recorded in the state only, such as the end of an enter. */
function silentSettlement(instance: string, outcome: StepOutcome): Settlement {
  return { instance, ...storedOutcome(outcome), silent: true, arrival: "ok", dependents: [] };
}

function addSettlement(
  batch: Settlement[],
  target: NodeInstance,
  ending: { readonly outcome: StepOutcome; readonly entered: boolean },
): void {
  const own = settlementOf(target, ending);
  const index = batch.push(own) - 1;
  if (own.arrival === "ok" || failsRun(own) || own.status === "cancelled") return;
  const dependents: Dependent[] = [];
  for (const dependent of own.dependents) {
    if (!isCertainSkip(own, dependent) || batch.length >= MAX_BATCH - 1) dependents.push(dependent);
    else skipDependent(batch, target, { own, dependent });
  }
  batch[index] = { ...own, dependents };
}

function failsRun(settlement: Settlement): boolean {
  return settlement.status === "failed" && settlement.failsRun === true;
}

function skipDependent(
  batch: Settlement[],
  target: NodeInstance,
  edge: { readonly own: Settlement; readonly dependent: Dependent },
): void {
  const { own, dependent } = edge;
  const template = templateOf(target.plans.graph, dependent.instance)?.template ?? dependent.instance;
  const enter = dependent.route.role === "enter" ? enteredBy(template) : template;
  const reason = own.arrival === "failed" ? "dependency_failed" : "dependency_skipped";
  addSettlement(batch, siblingNode(target, enter), { outcome: { status: "skipped", reason }, entered: false });
}

function isCertainSkip(own: Settlement, dependent: Dependent): boolean {
  const { role, aware } = dependent.route;
  if (dependent.indegree !== 1 || (role !== "step" && role !== "enter")) return false;
  return own.arrival === "failed" || !aware;
}

function settlementOf(
  target: NodeInstance,
  ending: { readonly outcome: StepOutcome; readonly entered: boolean },
): Settlement {
  const { plans, plan, indexes, priority } = target;
  const { outcome, entered } = ending;
  const { node, parent } = plan;
  const isTop = node.container === null && node.role !== "enter";
  const counter = counterOf(plan, indexes);
  return {
    instance: instanceOf(node.id, indexes),
    ...storedOutcome(outcome),
    ...(isTop && node.step.onError === "fail" ? runFailure(instanceOf(node.id, indexes), outcome) : {}),
    ...(node.role === "item" ? { silent: true as const } : { event: eventOf[outcome.status], ...eventData(outcome) }),
    arrival: arrivalOf(plan, outcome),
    dependents: plans.dependents(plan, indexes, priority),
    ...(counter !== null && countsFailure(plan, outcome) ? { countIn: counter } : {}),
    ...(isTop ? { isTop: true as const } : {}),
    ...(entered ? {} : { follows: true as const }),
    ...(plan.endsItem && parent ? { endsItem: plans.itemTemplate(parent, indexes.slice(0, -1), priority) } : {}),
    ...(entered && parent && branchLimit(parent) !== null ? { endsBranchOf: instanceOf(parent.id, indexes) } : {}),
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

/** The error as shown in events: enough to identify it, without the payload. */
export function errorInEvent({ type, message }: SerializedError) {
  return { type, message: message.slice(0, 500) };
}

function arrivalOf(plan: NodePlan, outcome: StepOutcome): Settlement["arrival"] {
  if (outcome.status === "completed") return "ok";
  if (outcome.status === "skipped") return outcome.reason === "dependency_failed" ? "failed" : "skipped";
  return plan.node.step.onError === "continue" && plan.node.role !== "item" ? "ok" : "failed";
}

/** Whether an outcome counts in its container's counters. */
function countsFailure(plan: NodePlan, outcome: StepOutcome): boolean {
  if (outcome.status !== "failed" || plan.parent === null) return outcome.status === "skipped";
  if (plan.node.role === "item" || plan.node.step.onError === "fail") return true;
  const ofItem = plan.parent.repeats && !plan.endsItem;
  return !ofItem && plan.parent.kind.countsTolerated;
}

function runFailure(instance: string, outcome: StepOutcome): Partial<RunFailure> {
  if (outcome.status !== "failed") return {};
  const { type, message } = outcome.error;
  return {
    failsRun: true,
    reason: `${instance}: ${type}: ${message}`,
    closingData: JSON.stringify({ closing: "failed", step: instance, error: { type } }),
  };
}
