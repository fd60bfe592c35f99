import type { BatonClient, Reconnect } from "@batonrun/client";
import type { Received, RunEvent, RunView } from "@batonrun/contract";
import type { Io, Output } from "../io.js";
import type { Colors } from "../report/colors.js";
import { durationText } from "../report/duration-text.js";
import { eventLine } from "./event-line.js";
import { drawFrame } from "./frame.js";
import { createLiveArea } from "./live-area.js";
import { createProgressReader } from "./run-progress.js";

/** Displays an open run. */
export interface Screen {
  begin(view: Received<RunView>): void;
  take(event: Received<RunEvent>): void;
  reconnecting(reconnect: Reconnect): void;
  /** Without a view: the user stopped following, and the run continues. */
  end(view?: Received<RunView>): void;
}

/** The run as it ended, or null when the person left it by Ctrl-C. */
export async function followRun(
  { io, client }: { readonly io: Io; readonly client: BatonClient },
  runId: string,
  screen: Screen,
): Promise<Received<RunView> | null> {
  const leaving = new AbortController();
  const stopListening = io.onInterrupt(() => leaving.abort());
  const { signal } = leaving;
  let ended: Received<RunView> | undefined;
  try {
    screen.begin(await client.runs.get(runId, { signal }));
    const onReconnect = (reconnect: Reconnect): void => screen.reconnecting(reconnect);
    for await (const event of client.runs.events(runId, { signal, onReconnect })) screen.take(event);
    ended = await client.runs.get(runId, { signal });
    return ended;
  } catch (error) {
    if (signal.aborted) return null;
    throw error;
  } finally {
    stopListening();
    screen.end(ended);
  }
}

/** Shows nothing. */
export const noScreen: Screen = {
  begin: () => undefined,
  take: () => undefined,
  reconnecting: () => undefined,
  end: () => undefined,
};

/** Prints one plain line per event. */
export function plainScreen(output: Output, notices: Output, colors: Colors): Screen {
  return {
    ...noScreen,
    take: (event) => output.write(`${eventLine(event, colors)}\n`),
    reconnecting: (reconnect) => notices.write(`${reconnectText(reconnect)}\n`),
  };
}

/** Interval of the spinner. */
const FRAME_MS = 80;
/** Maximum height of the final table of an ended run. */
const MAX_FINAL_LINES = 120;

/** A table that is drawn in place. */
export function liveScreen(io: Io, output: Output, colors: Colors): Screen {
  const area = createLiveArea(output);
  let reader: ReturnType<typeof createProgressReader> | undefined;
  let stopTurning = (): void => undefined;
  let turn = 0;
  let notice: string | undefined;
  function frame(maxLines: number): readonly string[] {
    const { columns } = output.size();
    const options = { colors, columns, maxLines, now: io.clock.now(), turn, notice };
    return reader === undefined ? [] : drawFrame(reader.read(), options);
  }
  return {
    begin(view) {
      reader = createProgressReader(view);
      stopTurning = io.every(FRAME_MS, () => {
        turn++;
        area.draw(frame(output.size().rows - 1));
      });
    },
    take(event) {
      notice = undefined;
      reader?.take(event, io.clock.now());
    },
    reconnecting: (reconnect) => {
      notice = reconnectText(reconnect);
    },
    end(view) {
      stopTurning();
      notice = undefined;
      if (reader === undefined) return;
      if (view !== undefined) reader.finish(view);
      area.end(frame(view === undefined ? output.size().rows - 1 : MAX_FINAL_LINES));
    },
  };
}

function reconnectText({ delayMs, failures, error }: Reconnect): string {
  return `${error.message}; retrying in ${durationText(delayMs)} (attempt ${failures})`;
}
