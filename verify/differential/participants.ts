import { RunId } from "@batonrun/contract";
import { z } from "zod";
import { templateOf } from "../../packages/core/src/graph/graph.js";
import type { NodeInstance } from "../../packages/core/src/plan/node-instance.js";
import type { ClaimedStep, Lease, RequeueCommand, StartRunCommand } from "../../packages/core/src/ports/transitions.js";
import { isSettledStepStatus } from "../../packages/core/src/run/transitions.js";
import type { Fetched } from "../model/claim-step.js";
import type { PairedCells, Sent } from "./paired-cells.js";
import type { Workflow } from "./random-graph.js";

export const queueNames = ["runs", "steps.core", "steps.other"] as const;
export const idempotencyKeys = ["key-a", "key-b"] as const;

/** A job that a simulated worker holds, or held, and what that worker believes. */
export interface Held {
  readonly lease: Lease;
  readonly runId: RunId;
  readonly priority: number;
  /** Null for a run's own job. */
  readonly step: { readonly instance: string; readonly generation: number } | null;
  claim: ClaimedStep | null;
  /** Where the claim has to look, when a reply said so. */
  inlinePosition: string | null;
  /** The claim there was made, and its answer lost. */
  again: boolean;
  depth: number;
  readonly held: Set<string>;
  /** Of a run's own job: how its worker judged the run when it fetched the job. */
  judged: "completed" | "failed" | "cancelled" | "timed_out" | null;
}

const StepData = z.object({ run: RunId, step: z.string(), gen: z.number() });
const RunData = z.object({ run: RunId });

/** Clients, workers and operators of one cell: what they started, hold and sent. */
export class Participants {
  readonly cells: PairedCells;
  readonly workflows: readonly Workflow[];
  readonly runs = new Map<RunId, Workflow>();
  readonly starts: StartRunCommand[] = [];
  readonly holds: Held[] = [];
  readonly sent: Sent[] = [];
  /** Runs whose jobs were removed by hand: what an invariant says of jobs does not hold of them. */
  readonly tampered = new Set<string>();
  #numbers = 0;

  constructor(cells: PairedCells, workflows: readonly Workflow[]) {
    this.cells = cells;
    this.workflows = workflows;
  }

  /** A number that was never given before. */
  nextNumber(): number {
    this.#numbers += 1;
    return this.#numbers;
  }

  isLive({ lease }: Held): boolean {
    return this.cells.state.jobs[`${lease.queue}/${lease.id}`]?.token === lease.token;
  }

  live(which: (held: Held) => boolean): readonly Held[] {
    return this.holds.filter((held) => this.isLive(held) && which(held));
  }

  /** A worker holds what it fetched, until a script replies that it lost the job. */
  keep(fetched: Fetched | null): void {
    if (fetched === null) return;
    const { lease, priority, claim } = fetched;
    const data: unknown = JSON.parse(fetched.data);
    const { run: runId } = RunData.parse(data);
    const step = StepData.safeParse(data).data;
    const held = new Set(claim?.inputs?.map(({ name }) => name) ?? []);
    this.holds.push({
      lease,
      runId,
      priority,
      step: step === undefined ? null : { instance: step.step, generation: step.gen },
      claim,
      inlinePosition: null,
      again: false,
      depth: 0,
      held,
      judged: step === undefined ? this.judge(runId) : null,
    });
  }

  judge(runId: RunId): Held["judged"] {
    const run = this.cells.state.runs[runId];
    if (run === undefined) return null;
    return run.closing ?? (run.left === 0 ? "completed" : null);
  }

  /** What a worker takes from a reply: the step that it is to run, or where to look for it. */
  learn(held: Held, reply: unknown): void {
    const parsed = z.object({ kind: z.string(), instance: z.string().optional() }).parse(reply);
    const isClaim = parsed.kind === "claimed" || parsed.kind === "inline";
    // Replies that say so carry a claim.
    held.claim = isClaim ? (reply as { readonly step: ClaimedStep }).step : null;
    for (const { name } of held.claim?.inputs ?? []) held.held.add(name);
    if (parsed.kind === "elsewhere" || parsed.kind === "again") held.inlinePosition = parsed.instance ?? null;
    held.again = parsed.kind === "again";
    if (parsed.kind === "inline" || parsed.kind === "again") held.depth += 1;
  }

  place(runId: RunId, instance: string): NodeInstance | null {
    const workflow = this.runs.get(runId);
    const found = workflow && templateOf(workflow.graph, instance);
    if (!workflow || !found) return null;
    const priority = this.starts.find(({ id }) => id === runId)?.priority ?? 0;
    return { plans: workflow.plan, plan: workflow.plan.plan(found.template), indexes: found.indexes, priority };
  }

  lostSteps(runId: RunId): RequeueCommand["steps"] {
    const { records = {}, given } = this.cells.state.runs[runId] ?? {};
    return Object.entries(records).flatMap(([field, record]) => {
      const [instance = "", generation = "0"] = field.split("#");
      const placed = isSettledStepStatus(record.s) ? null : this.place(runId, instance);
      if (placed === null) return [];
      const route = placed.plans.route(placed.plan.node.id, placed.indexes, given?.priority ?? 0);
      return [{ instance, generation: Number(generation), route }];
    });
  }

  async send(sent: Sent) {
    this.sent.push(sent);
    // Each caller above builds the command of the name beside it.
    const answer = await this.cells.send(sent.name, sent.command as never);
    // The name says that the command is a start.
    if (sent.name === "startRun") this.#started(sent.command as StartRunCommand);
    return answer;
  }

  /** A run may also be made by a repeated command: when the run of its idempotency key was swept. */
  #started(command: StartRunCommand): void {
    const workflow = this.workflows.find(({ hash }) => hash === command.definition);
    if (workflow === undefined || this.runs.has(command.id) || this.cells.state.runs[command.id] === undefined) return;
    this.runs.set(command.id, workflow);
    this.starts.push(command);
    this.cells.watch(command.id);
  }
}
