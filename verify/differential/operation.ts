import fc from "fast-check";

/** Every kind of operation, with how often it is drawn. A kind that has nothing to act on becomes what a worker does. */
const weights = {
  start: 8,
  fetch: 22,
  claim: 12,
  settle: 30,
  retry: 5,
  hand_back: 4,
  finalize: 14,
  close: 3,
  time_out: 2,
  lose_lock: 5,
  reap: 5,
  remove_job: 2,
  sweep: 3,
  write_items: 1,
  breach_sla: 1,
  duplicate: 10,
  stale: 7,
  wrong_order: 6,
} as const satisfies Record<string, number>;

export type OperationKind = keyof typeof weights;

// The keys of a const table are its type's keys.
export const operationKinds = Object.keys(weights) as readonly OperationKind[];

/** What to do, and numbers that choose on what: they are taken modulo what there is, so any part of a sequence is a sequence. */
export interface Operation {
  readonly kind: OperationKind;
  readonly pick: number;
  readonly choice: number;
  readonly flags: number;
}

const anyOperation: fc.Arbitrary<Operation> = fc.record({
  kind: fc.oneof(...operationKinds.map((kind) => ({ arbitrary: fc.constant(kind), weight: weights[kind] }))),
  pick: fc.nat(999),
  choice: fc.nat(999),
  flags: fc.nat(255),
});

export const operations = fc.array(anyOperation, { minLength: 1, maxLength: 120, size: "max" });

/** The element that a number points at; undefined when there is none. */
export function pickOf<Item>(items: readonly Item[], pick: number): Item | undefined {
  return items.length === 0 ? undefined : items[pick % items.length];
}

export function hasFlag({ flags }: Operation, bit: number): boolean {
  return Math.floor(flags / 2 ** bit) % 2 === 1;
}
