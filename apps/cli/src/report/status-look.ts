import type { RunStatus, StepStatus } from "@batonrun/contract";
import type { Colors } from "./colors.js";
import { oneLine } from "./visible-text.js";

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

const stepLooks = {
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

const runLooks = {
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

/** The look of a status that only a newer server knows: no color, because its meaning is unknown. */
const unknownLook: Look = { glyph: "?", paint: (_colors, text) => text };

export function runLook(status: string): Look {
  return lookIn(runLooks, status);
}

export function stepLook(status: string): Look {
  return lookIn(stepLooks, status);
}

function lookIn(looks: Readonly<Record<string, Look>>, status: string): Look {
  return (Object.hasOwn(looks, status) ? looks[status] : undefined) ?? unknownLook;
}

export function runStatusLook(status: string, colors: Colors): string {
  return lookText(runLook(status), status, colors);
}

export function stepStatusLook(status: string, colors: Colors): string {
  return lookText(stepLook(status), status, colors);
}

function lookText({ glyph, paint }: Look, status: string, colors: Colors): string {
  return paint(colors, `${glyph} ${oneLine(status)}`);
}
