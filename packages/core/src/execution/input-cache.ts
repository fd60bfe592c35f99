import type { LoadedInput } from "../ports/run-reader.js";
import type { Settlement } from "../ports/settlement.js";
import type { ClaimedStep } from "../ports/transitions.js";

const MAX_BYTES = 1024 * 1024;

/** The part of a claim that the record of its outcome keeps. */
type Attempt = Pick<ClaimedStep, "attempt" | "failures" | "crashes" | "startedAt">;

/**
 * Inputs that one job loaded or produced. An inline step reads its predecessor's result here, not in Redis.
 * @example After `extract` settled, the inline step `sentiment` loads nothing, because this is cached:
 * { name: "extract", record: '{"s":"completed",…}', value: '{"text":"…"}' }
 */
export class InputCache {
  readonly #byName = new Map<string, LoadedInput>();
  #bytes = 0;

  get values(): ReadonlyMap<string, LoadedInput> {
    return this.#byName;
  }

  add(input: LoadedInput): void {
    this.#byName.set(input.name, input);
    this.#bytes += input.value.length;
  }

  /** Adds the outcome that was just recorded, in the form in which a claim would load it. */
  addOutcome(claim: Attempt, own: Settlement, endedAt: number): void {
    const record = {
      s: own.status,
      a: claim.attempt,
      f: claim.failures,
      k: claim.crashes,
      t: claim.startedAt,
      e: endedAt,
      g: own.status === "completed" && own.degraded ? 1 : undefined,
      x: "error" in own ? own.error : undefined,
    };
    const value = own.status === "completed" ? (own.result ?? "") : "";
    this.add({ name: own.instance, record: JSON.stringify(record), value });
  }

  /** Called between two steps, so the cache exceeds its limit by at most one step's inputs. */
  clearWhenFull(): void {
    if (this.#bytes < MAX_BYTES) return;
    this.#byName.clear();
    this.#bytes = 0;
  }

  /** The cached and newly recorded names that a dependent may read, if it continues inline. */
  namesFor(settlements: readonly Settlement[]): readonly string[] {
    const own = settlements[0];
    if (own === undefined) return [];
    const wanted = new Set<string>();
    for (const { dependents } of settlements) {
      for (const { route } of dependents) {
        for (const name of route.loads ?? []) if (name === own.instance || this.#byName.has(name)) wanted.add(name);
      }
    }
    return [...wanted];
  }
}
