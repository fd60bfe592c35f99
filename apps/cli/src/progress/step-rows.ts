import type { EventType, Received, RunEvent, StepStatus, StepView } from "@batonrun/contract";
import { eventNote, readEventData } from "./event-data.js";

/** How far the instances of a row are: items of a map, branches of a parallel, or one step in every item. */
export interface Tally {
  readonly settled: number;
  readonly failed: number;
  /** Grows while containers are entered. */
  readonly expected: number;
}

/** A declared step as the live table shows it. Times are ms since the epoch, by the server's clock. */
export interface StepRow {
  readonly id: string;
  /** Number of containers around it. */
  readonly depth: number;
  readonly kind: string;
  readonly action: string | undefined;
  readonly status: Received<StepStatus>;
  readonly attempts: number;
  readonly startedAt: number | undefined;
  readonly endedAt: number | undefined;
  /** Not to be tried again before. */
  readonly dueAt: number | undefined;
  /** Why it waits, failed, or was skipped. */
  readonly note: string | undefined;
  readonly tally: Tally | undefined;
}

type Mutable<Data> = { -readonly [Key in keyof Data]: Data[Key] };

interface DraftRow extends Mutable<Omit<StepRow, "tally">> {
  /** The row of its container. */
  readonly container: DraftRow | undefined;
  /** True inside the items of a map, where the row represents many instances. */
  readonly isMany: boolean;
  /** Its running instances. */
  readonly atWork: Set<string>;
  tally: Mutable<Tally> | undefined;
}

/** The rows of a run; instances are folded into the declared step that they are of. */
export interface StepRows {
  take(event: Received<RunEvent>, instance: string): void;
  /** The step as it ended: what it says wins. */
  finish(step: Received<StepView>): void;
  read(): readonly StepRow[];
}

export function createStepRows(steps: readonly Received<StepView>[]): StepRows {
  const rows = new Map<string, DraftRow>();
  for (const step of steps) rows.set(step.id, beginRow(rows, step));
  const known = new Set(steps.flatMap(({ id }) => prefixesOf(id)));
  return {
    take(event, instance) {
      const template = templateOf(known, instance);
      const row = rows.get(template);
      if (event.type === "step_entered") enterContainer([...rows.values()], { row, event, instance });
      else takeEvent({ row, container: containerOf(rows, template), event, instance });
    },
    finish(step) {
      const row = rows.get(step.id);
      if (row !== undefined) finishRow(row, step);
    },
    // A map with one step shows that step's action itself.
    read: () => [...rows.values()].filter(({ id }) => !id.endsWith(".*")).map(readRow),
  };
}

function beginRow(rows: ReadonlyMap<string, DraftRow>, step: Received<StepView>): DraftRow {
  const container = containerOf(rows, step.id);
  if (container !== undefined && step.id === `${container.id}.*`) container.action ??= step.action;
  const isMany = step.id.includes("*");
  return {
    id: step.id,
    depth: container === undefined ? 0 : container.depth + 1,
    kind: step.type,
    action: step.action,
    status: "pending",
    attempts: 0,
    startedAt: undefined,
    endedAt: undefined,
    dueAt: undefined,
    note: undefined,
    container,
    isMany,
    atWork: new Set(),
    tally: isMany ? { settled: 0, failed: 0, expected: 0 } : undefined,
  };
}

function prefixesOf(id: string): readonly string[] {
  const segments = id.split(".");
  return segments.map((_segment, index) => segments.slice(0, index + 1).join("."));
}

/** `chunks.3.extract` is of `chunks.*.extract`; but `route.0.fast` is itself: 0 is the case of a conditional. */
function templateOf(known: ReadonlySet<string>, instance: string): string {
  return instance.split(".").reduce((template, segment) => {
    const isIndex = /^[0-9]+$/.test(segment) && !known.has(`${template}.${segment}`);
    return `${template}.${isIndex ? "*" : segment}`;
  });
}

/** The container of `chunks.*.extract` and `chunks.*` is `chunks`; that of `route.0.fast` is `route`. */
function containerOf(rows: ReadonlyMap<string, DraftRow>, template: string): DraftRow | undefined {
  return prefixesOf(template)
    .slice(0, -1)
    .filter((prefix) => !prefix.endsWith(".*"))
    .map((prefix) => rows.get(prefix))
    .findLast((row) => row !== undefined);
}

function readRow({ container: _container, isMany: _isMany, atWork: _atWork, tally, ...row }: DraftRow): StepRow {
  return { ...row, tally: tally && { ...tally } };
}

function finishRow(row: DraftRow, step: Received<StepView>): void {
  row.status = step.status;
  row.attempts = step.attempts || row.attempts;
  row.endedAt = step.endedAt === undefined ? row.endedAt : Date.parse(step.endedAt);
  if (step.error !== undefined) row.note = `${step.error.type}: ${step.error.message}`;
}

interface Happening {
  readonly row: DraftRow | undefined;
  readonly container?: DraftRow | undefined;
  readonly event: Received<RunEvent>;
  readonly instance: string;
}

/** A container was entered: its steps are expected once, or once per item in a map. */
function enterContainer(rows: readonly DraftRow[], { row, event, instance }: Happening): void {
  if (row === undefined) return;
  const { total = 0, case: taken } = readEventData(event);
  const inside = rows.filter(({ container }) => container === row);
  const times = row.kind === "map" ? total : 1;
  for (const { tally } of inside) if (tally !== undefined) tally.expected += times;
  row.startedAt ??= Date.parse(event.at);
  row.status = "running";
  row.atWork.add(instance);
  if (row.isMany) return;
  if (taken !== undefined) row.note = taken === "else" ? "else" : `case ${taken}`;
  else row.tally = { settled: 0, failed: 0, expected: times * Math.max(1, inside.length) };
}

/** What an event makes of its step; absent: nothing that a row shows. */
const statusAfter: Readonly<Partial<Record<string, StepStatus>>> = {
  step_started: "running",
  step_completed: "completed",
  step_failed: "failed",
  step_skipped: "skipped",
  step_cancelled: "cancelled",
  step_retrying: "retrying",
  step_crashed: "retrying",
  step_handed_back: "pending",
  step_requeued: "pending",
} satisfies Partial<Record<EventType, StepStatus>>;

const settledStatuses: ReadonlySet<StepStatus> = new Set(["completed", "failed", "skipped", "cancelled"]);

function takeEvent({ row, container, event, instance }: Happening): void {
  const status = statusAfter[event.type];
  if (status === undefined) return;
  const isSettled = settledStatuses.has(status);
  if (isSettled && container?.tally !== undefined && !container.isMany) count(container.tally, status);
  if (row === undefined) return;
  if (isSettled || status === "pending") row.atWork.delete(instance);
  else row.atWork.add(instance);
  if (status === "running") row.startedAt ??= Date.parse(event.at);
  if (row.isMany) takeInstance(row, status, event);
  else takeOnly(row, status, event);
}

function count(tally: Mutable<Tally>, status: StepStatus): void {
  tally.settled++;
  if (status === "failed") tally.failed++;
}

function takeOnly(row: DraftRow, status: StepStatus, event: Received<RunEvent>): void {
  const { delayMs } = readEventData(event);
  row.status = status;
  row.attempts = event.attempt ?? row.attempts;
  row.note = eventNote(event) ?? (row.kind === "conditional" ? row.note : undefined);
  row.dueAt = status === "retrying" && delayMs !== undefined ? Date.parse(event.at) + delayMs : undefined;
  if (settledStatuses.has(status)) row.endedAt = Date.parse(event.at);
}

/** A row of many instances is running until the last expected instance has ended. */
function takeInstance(row: DraftRow, status: StepStatus, event: Received<RunEvent>): void {
  const { tally } = row;
  if (tally === undefined) return;
  if (settledStatuses.has(status)) count(tally, status);
  const isOver = tally.expected > 0 && tally.settled >= tally.expected;
  row.endedAt = isOver ? Date.parse(event.at) : undefined;
  row.status = isOver ? endOf(tally) : "running";
}

function endOf({ failed }: Tally): StepStatus {
  return failed > 0 ? "failed" : "completed";
}
