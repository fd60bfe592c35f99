import { createHash } from "node:crypto";
import type { RunStatus } from "@batonrun/contract";
import { cellKeys, filled, piecesOf, runKeys } from "./layout.js";

/** Keys are built several times per step: each name is split once. */
const pieces = new Map(Object.entries(cellKeys).map(([name, { at }]) => [name, piecesOf(at)]));

/** The keys of one run: a fixed set, all of one cell. Nothing is found by SCAN. What each holds: `layout.ts`. */
export type RunKeys = Readonly<Record<"run" | keyof typeof runKeys, string>>;

/** Every key of a cell. `tag` is the Redis Cluster hash tag, `{b0}`, so that a cell lives in one slot. */
export class CellKeys {
  readonly tag: string;

  constructor(cell = "b0") {
    this.tag = `{${cell}}`;
  }

  get queues(): string {
    return this.#key("queues");
  }

  get queueNames(): string {
    return this.#key("queueNames");
  }

  run(id: string): RunKeys {
    const run = this.#key("run", id);
    return {
      run,
      steps: run + runKeys.steps.at,
      out: run + runKeys.out.at,
      big: run + runKeys.big.at,
      items: run + runKeys.items.at,
      ready: run + runKeys.ready.at,
      done: run + runKeys.done.at,
      events: run + runKeys.events.at,
    };
  }

  definition(hash: string): string {
    return this.#key("definition", hash);
  }

  get adHocDefinitions(): string {
    return this.#key("adHocDefinitions");
  }

  get registeredDefinitions(): string {
    return this.#key("registeredDefinitions");
  }

  get workflows(): string {
    return this.#key("workflows");
  }

  workflow(name: string): string {
    return this.#key("workflow", name);
  }

  get runs(): string {
    return this.#key("runs");
  }

  runsOfWorkflow(name: string): string {
    return this.#key("runsOfWorkflow", name);
  }

  runsOfStatus(status: RunStatus): string {
    return this.#key("runsOfStatus", status);
  }

  runsOfTag(tag: string): string {
    return this.#key("runsOfTag", tag);
  }

  get open(): string {
    return this.#key("open");
  }

  get timers(): string {
    return this.#key("timers");
  }

  /** The caller's key is hashed, so that any text may be one. */
  idempotency(key: string): string {
    return this.#key("idempotency", createHash("sha256").update(key).digest("hex"));
  }

  get workers(): string {
    return this.#key("workers");
  }

  worker(id: string): string {
    return this.#key("worker", id);
  }

  /** Workers with the same actions share it; a fetch claims only steps whose action is in it. */
  actions(digest: string): string {
    return this.#key("actions", digest);
  }

  changes(runId: string): string {
    return this.#key("changes", runId);
  }

  get aborts(): string {
    return this.#key("aborts");
  }

  #key(name: keyof typeof cellKeys, ...parts: readonly string[]): string {
    return this.tag + filled(pieces.get(name) ?? [], parts);
  }
}
