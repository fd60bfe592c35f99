import type { RunId } from "@batonrun/contract";
import { type Container, instanceOf, type Scope } from "../graph/graph.js";
import type { EnterDecision } from "../kinds/kind.js";
import type { Entered, Settlement } from "../ports/settlement.js";
import type { Lease, Transitions } from "../ports/transitions.js";
import { caseName } from "../run/container-result.js";
import { MAX_BATCH, type PlacedNode } from "./settlement.js";

/** Items are written this many at a time. */
const CHUNK = 500;
/** Beside the enter itself. */
const MAX_SKIPPED = MAX_BATCH - 1;

/** The settlement of an enter that decided what runs. Cases that are not taken are settled with it, as many as one script takes. */
export function enteredSettlements(placed: PlacedNode, decision: EnterDecision): readonly Settlement[] {
  const { plan, plans, indexes, priority } = placed;
  const container = ownContainer(placed);
  const exit = plans.exitOf(container, indexes, priority);
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
    return [{ ...base, data: JSON.stringify({ total }), dependents: [], entered }];
  }
  const scope = container.scopes.find(({ key }) => key === decision.key);
  const entered = scopeEntered(container, { exit, scope });
  const dependents = scope === undefined ? [] : plans.scopeRoots(scope, indexes, priority);
  const data = JSON.stringify(
    container.kind === "parallel" ? { total: entered.total } : { case: caseName(decision.key) },
  );
  return [{ ...base, data, dependents, entered }, ...casesNotTaken(placed, container, scope)];
}

/** Stores a map's items, before its enter is settled. One trip a chunk; false when the lease was lost. */
export async function writeItems(
  transitions: Pick<Transitions, "writeItems">,
  held: { readonly runId: RunId; readonly lease: Lease },
  of: { readonly map: string; readonly items: readonly unknown[] },
): Promise<boolean> {
  for (let start = 0; start < of.items.length; start += CHUNK) {
    const chunk = of.items.slice(start, start + CHUNK);
    const flat = chunk.flatMap((item, offset) => [`${of.map}.${start + offset}`, JSON.stringify(item) ?? "null"]);
    if (!(await transitions.writeItems(held.runId, held.lease, flat))) return false;
  }
  return true;
}

export function ownContainer({ plan }: PlacedNode): Container {
  if (plan.own === null) throw new Error(`${plan.node.id} is not an end of a container`);
  return plan.own;
}

function scopeEntered(
  container: Container,
  of: { readonly exit: Entered["exit"]; readonly scope: Scope | undefined },
): Entered {
  const total = of.scope?.steps.length ?? 0;
  if (container.kind === "parallel") return { exit: of.exit, total };
  return { exit: of.exit, total, arrivals: of.scope?.leaves.length ?? 0, case: of.scope?.key ?? "" };
}

/** The direct steps of the other cases, skipped; what does not fit the batch is derived on reading from the case that was taken. */
function casesNotTaken(placed: PlacedNode, container: Container, taken: Scope | undefined): readonly Settlement[] {
  if (container.kind !== "conditional") return [];
  const skipped = container.scopes.filter((scope) => scope !== taken).flatMap((scope) => scope.steps);
  return skipped.slice(0, MAX_SKIPPED).map((template) => ({
    instance: instanceOf(template, placed.indexes),
    status: "skipped",
    reasonOfSkip: "case_not_taken",
    event: "step_skipped",
    data: JSON.stringify({ reason: "case_not_taken" }),
    arrival: "skipped",
    dependents: [],
    follows: true,
  }));
}
