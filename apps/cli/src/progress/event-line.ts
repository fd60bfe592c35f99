import type { Received, RunEvent } from "@batonrun/contract";
import type { Colors } from "../report/colors.js";
import { durationText } from "../report/duration-text.js";
import { oneLine } from "../report/visible-text.js";
import { eventNote, readEventData } from "./event-data.js";

/** One plain line per event, for pipes and logs: time, type, step, and details. */
export function eventLine(event: Received<RunEvent>, colors: Colors): string {
  const words = [colors.dim(event.at), paintType(event, colors)];
  if (event.step !== undefined) words.push(event.step);
  return [...words, ...details(event)].join(" ");
}

function details(event: Received<RunEvent>): readonly string[] {
  const { total, case: taken, delayMs, closing } = readEventData(event);
  const note = eventNote(event);
  return [
    ...(event.attempt !== undefined && event.attempt > 1 ? [`attempt=${event.attempt}`] : []),
    ...(total === undefined ? [] : [`total=${total}`]),
    ...(taken === undefined ? [] : [`case=${taken}`]),
    ...(closing === undefined ? [] : [`closing=${closing}`]),
    ...(delayMs === undefined ? [] : [`retry-in=${durationText(delayMs)}`]),
    ...(note === undefined ? [] : [`(${oneLine(note)})`]),
  ];
}

function paintType({ type }: Received<RunEvent>, colors: Colors): string {
  if (/_(failed|timed_out|crashed)$/.test(type)) return colors.red(type);
  if (/_(retrying|cancelled|closing|handed_back|requeued)$/.test(type)) return colors.yellow(type);
  return type.endsWith("_completed") ? colors.green(type) : type;
}
