import { GRAPH_FORMAT, instanceOf } from "../graph/graph.js";
import type { LoadedInput } from "../ports/run-reader.js";
import type { ClaimedStep } from "../ports/transitions.js";
import { claim } from "./claim.js";
import { enteredSettlements, ownContainer, writeItems } from "./enter-container.js";
import { measureClaim } from "./measure-step.js";
import { type NodeEnd, type RanNode, runNode } from "./run-attempt.js";
import { aborted, handBack, type NextStep, retry, settle } from "./settle.js";
import { settlementsOf } from "./settlement.js";
import {
  type AtWork,
  beginCourse,
  type Course,
  canRun,
  hold,
  place,
  type StepDependencies,
  type StepJob,
  type StepJobEnd,
} from "./step-job.js";
import { watchSla } from "./watch-sla.js";

const MAX_CRASHES = 5;

/**
 * One job: the step that it was made for, and those that go on inline behind it.
 * E1  what this process believes counts for nothing: each script checks the lease and the attempt.
 * E2  nothing is scheduled after the job was ended: the processor returns at once, or only waits for an overdue action.
 * E3  a step is never failed for what the worker lacks: it is handed back.
 */
export async function executeStep(dependencies: StepDependencies, job: StepJob): Promise<StepJobEnd> {
  const course = beginCourse(dependencies, job);
  let next: NextStep = job.claim ?? (await claim(dependencies, course, {}));
  for (;;) {
    if ("kind" in next && next.kind !== "again") return next;
    next =
      "kind" in next
        ? await claim(dependencies, course, { ...next, again: true })
        : await attemptStep(dependencies, course, next);
  }
}

async function attemptStep(dependencies: StepDependencies, course: Course, step: ClaimedStep): Promise<NextStep> {
  const plans = await dependencies.plans.find(dependencies.graphs, { ...step.run, format: GRAPH_FORMAT });
  const placed = plans === null ? null : place(plans, step.instance, step.run.priority);
  const at = { run: step.run.id, step: step.instance, gen: step.generation, attempt: step.attempt };
  if (placed === null || (!step.skip && !canRun(dependencies, placed))) {
    return await handBack(dependencies, course, { ...at, reason: "worker_lacks_action" });
  }
  measureClaim(dependencies, course, { placed, step });
  const ran = await run(dependencies, course, { placed, step });
  const { end } = ran;
  switch (end.kind) {
    case "outcome":
      return await settle(dependencies, course, { placed, step, ran, settlements: settlementsOf(placed, end.outcome) });
    case "entered": {
      const isWritten = await storeItems(dependencies, course, { placed, step, end });
      if (!isWritten) return { kind: "ended" };
      return await settle(dependencies, course, {
        placed,
        step,
        ran,
        settlements: enteredSettlements(placed, end.decision),
      });
    }
    case "retry":
      return await retry(dependencies, course, { placed, step, ran, end });
    case "aborted":
      return await aborted(dependencies, course, { placed, step, ran, end });
  }
}

async function run(dependencies: StepDependencies, course: Course, { placed, step }: AtWork): Promise<RanNode> {
  if (step.skip !== null) return { end: { kind: "outcome", outcome: { status: "skipped", reason: step.skip } } };
  if (step.crashes >= MAX_CRASHES) {
    const message = `the workers that ran this step crashed ${step.crashes} times; it is not retried`;
    const error = { type: "poisoned", message, retryable: false };
    return { end: { kind: "outcome", outcome: { status: "failed", error } } };
  }
  const loaded = await loadedInputs(dependencies, course, { placed, step });
  const attempt = dependencies.active.begin(step.run.id, course.job.signal);
  const endWatch = watchSla(dependencies, course, { placed, step });
  try {
    return await runNode(dependencies, { placed, step, loaded, abort: attempt.signal, progress: course.job.progress });
  } finally {
    await endWatch();
    attempt.end();
  }
}

/** What the claim loaded and what the job holds. A claim that could not name what to load loads it here. */
async function loadedInputs(
  dependencies: StepDependencies,
  course: Course,
  { placed, step }: AtWork,
): Promise<ReadonlyMap<string, LoadedInput>> {
  if (step.inputs === null) {
    const names = placed.plan.loads.map((name) => instanceOf(name, placed.indexes));
    for (const input of await dependencies.reader.inputs(step.run.id, names)) hold(course, input);
    return new Map(course.held);
  }
  for (const input of step.inputs) hold(course, input);
  return course.held;
}

async function storeItems(
  { transitions }: StepDependencies,
  { job }: Course,
  { placed, step, end }: AtWork & { readonly end: Extract<NodeEnd, { kind: "entered" }> },
): Promise<boolean> {
  if (end.decision.kind !== "items") return true;
  const map = instanceOf(ownContainer(placed).id, placed.indexes);
  return await writeItems(transitions, { runId: step.run.id, lease: job.lease }, { map, items: end.decision.items });
}
