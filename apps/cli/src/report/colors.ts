import picocolors from "picocolors";
import type { Io, Output } from "../io.js";

export type Colors = ReturnType<typeof picocolors.createColors>;

/** Colors of a stream, or their absence under the same names. */
export function colorsOf(io: Io, output: Output, isRefused: boolean): Colors {
  return picocolors.createColors(!isRefused && (io.config.isColorWanted ?? output.isTerminal));
}
