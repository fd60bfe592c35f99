import { z } from "zod";
import { listOf } from "./list.js";

const AnnouncedAction = z.object({
  name: z.string(),
  capability: z.string(),
  effects: z.string(),
  input: z.unknown().optional(),
  output: z.unknown().optional(),
});

const Worker = z
  .object({
    id: z.string(),
    host: z.string(),
    pid: z.number().int(),
    startedAt: z.iso.datetime(),
    capabilities: z.array(z.string()),
    concurrency: z.number().int(),
    graphFormats: z.array(z.number().int()),
    actions: z.array(AnnouncedAction),
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

export const WorkerList = listOf(Worker).meta({ id: "WorkerList" });

const Queue = z
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

export const QueueList = listOf(Queue).meta({ id: "QueueList" });

export const Readiness = z
  .object({
    status: z.enum(["ready", "not_ready"]),
    durability: z.enum(["always", "everysec", "none"]).nullable().meta({
      description:
        "Durability of a 2xx: `always` survives a power loss, `everysec` may lose about 2 s, `none` guarantees nothing",
    }),
    checks: z.array(z.object({ name: z.string(), ok: z.boolean(), detail: z.string() })),
  })
  .meta({
    id: "Readiness",
    example: {
      status: "ready",
      durability: "everysec",
      checks: [{ name: "redis", ok: true, detail: "Redis 7.0.15 is reachable and does not evict keys" }],
    },
  });
export type Readiness = z.infer<typeof Readiness>;
