import { hasRunEnded, type Received, type RunSummary } from "@batonrun/contract";

/** Every exit code of `baton`, with the sentence that the reference prints. */
export const exitCodes = {
  ok: { code: 0, description: "Success. A followed run ended as `completed`." },
  runFailed: {
    code: 1,
    description:
      "The run ended as `failed`, `rolled_back`, `rollback_failed`, or a status unknown to this version. With `dev`, a service exited unexpectedly.",
  },
  usage: { code: 2, description: "Invalid command line, file, definition, or input. Nothing was started." },
  runCancelled: { code: 3, description: "The run ended as `cancelled`." },
  runTimedOut: { code: 4, description: "The run ended as `timed_out`." },
  unreachable: { code: 5, description: "The API cannot be reached." },
  refused: { code: 6, description: "The API returned an error: run not found, Redis unavailable, …" },
  internal: { code: 70, description: "Internal error in `baton`. Please report it." },
  detached: { code: 130, description: "Interrupted with Ctrl-C. A run that was being followed continues." },
} as const satisfies Record<string, { readonly code: number; readonly description: string }>;

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes]["code"];

/** The exit code of a command that followed the run. A run that ended with an unknown status did not succeed. */
export function exitCodeOf(run: Received<RunSummary>): ExitCode {
  switch (run.status) {
    case "completed":
      return exitCodes.ok.code;
    case "cancelled":
      return exitCodes.runCancelled.code;
    case "timed_out":
      return exitCodes.runTimedOut.code;
    default:
      return hasRunEnded(run) ? exitCodes.runFailed.code : exitCodes.ok.code;
  }
}
