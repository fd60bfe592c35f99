import type { Context } from "../command.js";
import { colorsOf } from "../report/colors.js";
import { liveScreen, noScreen, plainScreen, type Screen } from "./follow-run.js";

/** A live table on a terminal, otherwise plain lines. With `-o json`, stdout is reserved for the result. */
export function chooseScreen({ io, printer }: Context): Screen {
  const output = printer.isJson ? io.stderr : io.stdout;
  const colors = printer.isJson ? colorsOf(io, output, false) : printer.colors;
  if (output.isTerminal && io.config.isLiveWanted) return liveScreen(io, output, colors);
  return printer.isJson ? noScreen : plainScreen(output, io.stderr, colors);
}

/** `runs watch -o json`: one line of JSON per event. */
export function jsonLinesScreen({ io }: Context): Screen {
  return { ...noScreen, take: (event) => io.stdout.write(`${JSON.stringify(event)}\n`) };
}
