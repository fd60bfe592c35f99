import { type RunEvent, type RunStatus, type RunView, StepView } from "@batonrun/contract";

export const RUN_ID = "01JDK7ZB5TXQ8M4W2Y9V6R3HNC";

const AT = "2026-11-21T08:30:00.000Z";

type CompletedRun = Extract<RunView, { readonly status: "completed" }>;

/** A completed run of two steps. */
export function runView(more: Partial<CompletedRun> = {}): CompletedRun {
  return {
    id: RUN_ID,
    workflow: "hello",
    version: "1.0.0",
    status: "completed",
    tags: [],
    priority: 0,
    createdAt: AT,
    startedAt: AT,
    endedAt: "2026-11-21T08:30:01.500Z",
    deadlineAt: "2026-11-21T09:30:00.000Z",
    durationMs: 1_500,
    definitionHash: "0".repeat(64),
    input: {},
    output: { greeting: "Hello, Ada" },
    steps: [stepView("greet"), stepView("shout")],
    ...more,
  };
}

/** The same run with another status. */
export function runViewWith(
  status: Exclude<RunStatus, "completed">,
  more: Pick<Partial<CompletedRun>, "steps"> = {},
): RunView {
  const { status: _status, output: _output, startedAt, endedAt, durationMs, ...run } = runView(more);
  const times = { startedAt, endedAt, durationMs };
  switch (status) {
    case "initializing":
      return { ...run, status };
    case "cancelled":
      return { ...run, ...times, status, closing: status };
    case "timed_out":
      return { ...run, ...times, status, closing: status };
    case "failed":
      return { ...run, ...times, status, closing: status };
    case "rolled_back":
    case "rollback_failed":
      return { ...run, ...times, status };
    default:
      return { ...run, status, startedAt };
  }
}

/** A completed step, or one with another status: `more` then has what that status requires, and the rest is left out. */
export function stepView(id: string, more: Partial<StepView> = {}): StepView {
  const plain = { type: "action", action: "core.noop", generation: 0, degraded: false } as const;
  return StepView.parse({ id, ...plain, status: "completed", attempts: 1, startedAt: AT, durationMs: 700, ...more });
}

/** The events of a run, numbered from 1; times are a tenth of a second apart. */
export function eventLog(...events: readonly Omit<RunEvent, "seq" | "at">[]): readonly RunEvent[] {
  return events.map((event, index) => ({
    ...event,
    seq: index + 1,
    at: new Date(Date.parse(AT) + index * 100).toISOString(),
  }));
}

/** What the stream of events says of them. */
export function eventStream(events: readonly { readonly seq: number; readonly type: string }[]): string {
  return events.map((event) => `id: ${event.seq}\nevent: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`).join("");
}

/** The log of `runView()`. */
export const helloLog = eventLog(
  { type: "run_started" },
  { type: "step_started", step: "greet", attempt: 1 },
  { type: "step_completed", step: "greet", attempt: 1 },
  { type: "step_started", step: "shout", attempt: 1 },
  { type: "step_completed", step: "shout", attempt: 1 },
  { type: "run_completed" },
);
