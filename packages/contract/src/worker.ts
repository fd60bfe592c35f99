import * as z from "zod";
import { pageOf } from "./page.js";

/** What a worker announces of an action that it has. */
export const AnnouncedAction = z.object({
  name: z.string(),
  capability: z.string(),
  effects: z.string(),
  /** JSON Schemas of the action's input and output. */
  input: z.unknown().optional(),
  output: z.unknown().optional(),
});
export type AnnouncedAction = Readonly<z.infer<typeof AnnouncedAction>>;

/** A live worker and what it announced. */
export const WorkerView = z
  .object({
    id: z.string(),
    host: z.string(),
    pid: z.number().int(),
    startedAt: z.iso.datetime(),
    capabilities: z.array(z.string()).readonly(),
    concurrency: z.number().int(),
    graphFormats: z.array(z.number().int()).readonly(),
    actions: z.array(AnnouncedAction).readonly(),
  })
  .meta({
    id: "Worker",
    description: "A live worker and what it announced",
    example: {
      id: "worker-1-4711",
      host: "worker-1",
      pid: 4711,
      startedAt: "2026-11-21T08:00:00.000Z",
      capabilities: ["text"],
      concurrency: 20,
      graphFormats: [1],
      actions: [{ name: "text.extract", capability: "text", effects: "none" }],
    },
  });
export type WorkerView = Readonly<z.infer<typeof WorkerView>>;

export const WorkerPage = pageOf(WorkerView).meta({ id: "WorkerList" });
