import type { RunStatus, StepStatus } from "@batonrun/contract";
import type { Colors } from "./colors.js";

type Paint = (colors: Colors, text: string) => string;

interface Look {
  /** One cell wide. */
  readonly glyph: string;
  readonly paint: Paint;
}

const green: Paint = (colors, text) => colors.green(text);
const red: Paint = (colors, text) => colors.red(text);
const yellow: Paint = (colors, text) => colors.yellow(text);
const cyan: Paint = (colors, text) => colors.cyan(text);
const magenta: Paint = (colors, text) => colors.magenta(text);
const dim: Paint = (colors, text) => colors.dim(text);

export const stepLooks = {
  pending: { glyph: "○", paint: dim },
  waiting: { glyph: "◷", paint: magenta },
  running: { glyph: "●", paint: cyan },
  retrying: { glyph: "↻", paint: yellow },
  completed: { glyph: "✔", paint: green },
  failed: { glyph: "✖", paint: red },
  skipped: { glyph: "↷", paint: dim },
  cancelled: { glyph: "■", paint: dim },
  compensated: { glyph: "↶", paint: yellow },
} as const satisfies Record<StepStatus, Look>;

export const runLooks = {
  initializing: { glyph: "○", paint: dim },
  running: { glyph: "●", paint: cyan },
  waiting: { glyph: "◷", paint: magenta },
  waiting_approval: { glyph: "◷", paint: magenta },
  paused: { glyph: "◫", paint: yellow },
  rolling_back: { glyph: "↶", paint: yellow },
  completed: { glyph: "✔", paint: green },
  failed: { glyph: "✖", paint: red },
  cancelled: { glyph: "■", paint: yellow },
  timed_out: { glyph: "✖", paint: red },
  rolled_back: { glyph: "↶", paint: yellow },
  rollback_failed: { glyph: "✖", paint: red },
} as const satisfies Record<RunStatus, Look>;

export function runStatusLook(status: RunStatus, colors: Colors): string {
  const { glyph, paint }: Look = runLooks[status];
  return paint(colors, `${glyph} ${status}`);
}

export function stepStatusLook(status: StepStatus, colors: Colors): string {
  const { glyph, paint }: Look = stepLooks[status];
  return paint(colors, `${glyph} ${status}`);
}
