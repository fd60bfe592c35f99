import { z } from "zod";

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
