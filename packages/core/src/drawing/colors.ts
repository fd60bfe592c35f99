import type { StepStatus } from "@batonrun/contract";

export interface StatusColors {
  readonly fill: string;
  readonly line: string;
  /** For dark backgrounds. */
  readonly darkFill: string;
  readonly darkLine: string;
}

/** Step colors in drawings. Text on them has a contrast of at least 4.5. */
export const statusColors = {
  pending: { fill: "#f1f3f5", line: "#868e96", darkFill: "#2b2f33", darkLine: "#868e96" },
  waiting: { fill: "#fff3bf", line: "#e67700", darkFill: "#4a3b00", darkLine: "#fab005" },
  running: { fill: "#d0ebff", line: "#1971c2", darkFill: "#0b3a5e", darkLine: "#4dabf7" },
  retrying: { fill: "#ffe8cc", line: "#d9480f", darkFill: "#572500", darkLine: "#ff922b" },
  completed: { fill: "#d3f9d8", line: "#2b8a3e", darkFill: "#103d1b", darkLine: "#51cf66" },
  failed: { fill: "#ffe3e3", line: "#c92a2a", darkFill: "#551414", darkLine: "#ff6b6b" },
  skipped: { fill: "#ffffff", line: "#adb5bd", darkFill: "#1e2124", darkLine: "#6c757d" },
  cancelled: { fill: "#e9ecef", line: "#495057", darkFill: "#343a40", darkLine: "#adb5bd" },
  compensated: { fill: "#e5dbff", line: "#5f3dc4", darkFill: "#33236b", darkLine: "#9775fa" },
} as const satisfies Record<StepStatus, StatusColors>;
