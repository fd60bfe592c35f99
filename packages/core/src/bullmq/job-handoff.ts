import type { ClaimedStep } from "../ports/transitions.js";

/**
 * What a script learned about a job before BullMQ asks, by job id. Each entry is taken once.
 *
 * Example: `settle-step` ends job `r1.a.0`, fetches `r1.b.0`, and claims its step, in one trip. It puts BullMQ's reply under
 * `r1.a.0` and the claim under `r1.b.0`. BullMQ then "ends" `r1.a.0`, is given the reply, and hands out `r1.b.0`, whose
 * processor takes the claim.
 */
export class JobHandoff {
  readonly #claims = new Map<string, ClaimedStep>();
  readonly #ends = new Map<string, unknown>();

  putClaim(jobId: string, claim: ClaimedStep): void {
    this.#claims.set(jobId, claim);
  }

  takeClaim(jobId: string): ClaimedStep | null {
    const claim = this.#claims.get(jobId) ?? null;
    this.#claims.delete(jobId);
    return claim;
  }

  /** BullMQ's reply to the end of the job, which a script made. */
  putEnd(jobId: string, reply: unknown): void {
    this.#ends.set(jobId, reply);
  }

  takeEnd(jobId: string): unknown {
    const reply = this.#ends.get(jobId);
    this.#ends.delete(jobId);
    return reply;
  }
}
