import { type Container, instanceOf, type Scope } from "../graph/graph.js";
import type { EnterDecision } from "../kinds/kind.js";
import type { Entered, Settlement } from "../ports/settlement.js";
import { type NodeInstance, ownContainer } from "./node-instance.js";
import { MAX_BATCH } from "./settlements.js";

/** One place in the batch is for the enter itself. */
const MAX_SKIPPED = MAX_BATCH - 1;

/** The settlement of an enter, with those of the cases not taken as far as one batch allows. */
export function enteredSettlements(target: NodeInstance, decision: EnterDecision): readonly Settlement[] {
  const { plan, plans, indexes, priority } = target;
  const container = ownContainer(target);
  const exit = plans.exitOf(container, indexes, priority);
  const data = JSON.stringify(decision.note);
  const base = {
    instance: instanceOf(plan.node.id, indexes),
    status: "completed" as const,
    event: "step_entered" as const,
    step: instanceOf(container.id, indexes),
    silent: true as const,
    arrival: "ok" as const,
  };
  if (decision.kind === "items") {
    const total = decision.items.length;
    const width = Math.min(container.maxParallel ?? Number.POSITIVE_INFINITY, plan.graph.definition.maxParallel);
    const items = { width, template: plans.itemTemplate(container, indexes, priority) };
    const entered: Entered = { exit, total, arrivals: total, items };
    return [{ ...base, data, dependents: [], entered }];
  }
  const scope = container.scopes.find(({ key }) => key === decision.key);
  const entered = scopeEntered(container, { exit, scope });
  const dependents = scope === undefined ? [] : plans.scopeRoots(scope, indexes, priority);
  return [{ ...base, data, dependents, entered }, ...casesNotTaken(target, container, scope)];
}

function scopeEntered(
  container: Container,
  of: { readonly exit: Entered["exit"]; readonly scope: Scope | undefined },
): Entered {
  const total = of.scope?.steps.length ?? 0;
  if (container.kind.entersAll) return { exit: of.exit, total };
  return { exit: of.exit, total, arrivals: of.scope?.leaves.length ?? 0, case: of.scope?.key ?? "" };
}

/** The direct steps of the other cases, as skipped. Readers derive those beyond the batch from the case taken. */
function casesNotTaken(target: NodeInstance, container: Container, taken: Scope | undefined): readonly Settlement[] {
  const skipped = container.scopes.filter((scope) => scope !== taken).flatMap((scope) => scope.steps);
  return skipped.slice(0, MAX_SKIPPED).map((template) => ({
    instance: instanceOf(template, target.indexes),
    status: "skipped",
    reasonOfSkip: "case_not_taken",
    event: "step_skipped",
    data: JSON.stringify({ reason: "case_not_taken" }),
    arrival: "skipped",
    dependents: [],
    follows: true,
  }));
}
