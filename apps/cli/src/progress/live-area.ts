import type { Output } from "../io.js";

/** Lines at the foot of a terminal that are drawn over and over in one place. */
export interface LiveArea {
  draw(lines: readonly string[]): void;
  /** Draws for the last time, gives the cursor back, and leaves the lines where they are. */
  end(lines: readonly string[]): void;
}

const ESCAPE = "\u001b[";
/** The terminal shows all of it at once, or ignores the request. */
const beginUpdate = `${ESCAPE}?2026h`;
const endUpdate = `${ESCAPE}?2026l`;
const hideCursor = `${ESCAPE}?25l`;
const showCursor = `${ESCAPE}?25h`;
/** A line that is too long is cut, not wrapped: a wrapped one would shift the next drawing. */
const wrapOff = `${ESCAPE}?7l`;
const wrapOn = `${ESCAPE}?7h`;
const clearLine = `${ESCAPE}K`;
const clearBelow = `${ESCAPE}J`;

export function createLiveArea(output: Output): LiveArea {
  let height = 0;
  function write(lines: readonly string[], cursor: string): void {
    const up = height > 0 ? `${ESCAPE}${height}A` : "";
    const text = lines.map((line) => `${line}${clearLine}\n`).join("");
    output.write(`${beginUpdate}${cursor}${up}\r${wrapOff}${text}${wrapOn}${clearBelow}${endUpdate}`);
    height = lines.length;
  }
  return {
    draw: (lines) => write(lines, hideCursor),
    end: (lines) => write(lines, showCursor),
  };
}
