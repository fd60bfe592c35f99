import type { RunStatus } from "@batonrun/core";

/** Every exit code of `baton`, with the sentence that the reference prints. */
export const exitCodes = {
  ok: { code: 0, says: "The command did what it says; a run that was followed is `completed`." },
  runFailed: {
    code: 1,
    says: "The run ended as `failed`, `rolled_back` or `rollback_failed`; under `dev`, a service ended by itself.",
  },
  usage: { code: 2, says: "The command line, a file, a definition or an input has a problem; nothing was started." },
  runCancelled: { code: 3, says: "The run ended as `cancelled`." },
  runTimedOut: { code: 4, says: "The run ended as `timed_out`." },
  unreachable: { code: 5, says: "The API cannot be reached." },
  refused: { code: 6, says: "The API answered with an error: there is no such run, Redis is away, …" },
  internal: { code: 70, says: "A fault of `baton` itself." },
  detached: { code: 130, says: "Ctrl-C: the command was left; a run that it followed goes on." },
} as const satisfies Record<string, { readonly code: number; readonly says: string }>;

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes]["code"];

/** What the outcome of a run makes of the command that followed it. */
export function exitCodeOf(status: RunStatus): ExitCode {
  switch (status) {
    case "failed":
    case "rolled_back":
    case "rollback_failed":
      return exitCodes.runFailed.code;
    case "cancelled":
      return exitCodes.runCancelled.code;
    case "timed_out":
      return exitCodes.runTimedOut.code;
    case "completed":
    case "initializing":
    case "running":
    case "waiting":
    case "waiting_approval":
    case "paused":
    case "rolling_back":
      return exitCodes.ok.code;
  }
}
