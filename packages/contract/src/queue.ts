import * as z from "zod";
import { pageOf } from "./page.js";

/** A queue with the number of its jobs in each state. */
export const QueueView = z
  .object({
    name: z.string(),
    waiting: z.number().int(),
    prioritized: z.number().int(),
    active: z.number().int(),
    delayed: z.number().int(),
    waitingChildren: z.number().int(),
    failed: z.number().int(),
    paused: z.boolean(),
  })
  .meta({
    id: "Queue",
    description: "A queue with its job counts",
    example: {
      name: "steps.text",
      waiting: 4,
      prioritized: 0,
      active: 20,
      delayed: 1,
      waitingChildren: 0,
      failed: 0,
      paused: false,
    },
  });
export type QueueView = Readonly<z.infer<typeof QueueView>>;

export const QueuePage = pageOf(QueueView).meta({ id: "QueueList" });
