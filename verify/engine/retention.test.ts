import { afterEach, beforeEach, expect, test } from "vitest";
import { echo, fail } from "../support/actions.js";
import { definitionOf, noop } from "../support/definition.js";
import { TestEngine } from "../support/engine.js";

let engine: TestEngine;
beforeEach(() => {
  engine = new TestEngine();
});
afterEach(() => engine.close());

/** Every key of the cell that names the run, or has a member that does. */
async function keysOf(engine: TestEngine, id: string): Promise<readonly string[]> {
  const { client, keys } = engine.redis;
  const found: string[] = [];
  for (const key of await client.keys(`${keys.tag}:*`)) {
    if (key.includes(id)) found.push(key);
    else if ((await client.type(key)) === "zset") {
      const members = await client.zrange(key, 0, -1);
      if (members.some((member) => member.includes(id))) found.push(key);
    }
  }
  return found;
}

test("the sweep leaves not one key of the run", async () => {
  await engine.work([echo, fail]);
  const big = "x".repeat(100_000);
  const steps = {
    a: noop(big),
    all: { type: "map", over: "[1, 2, 3]", step: noop("{{ item }}") },
    bad: { action: "core.fail", needs: ["a", "all"] },
  };
  const { client, keys } = engine.redis;
  const shared = async () => [...(await client.keys(`${keys.tag}:def*`)), ...(await client.keys(`${keys.tag}:idem*`))];
  const id = await engine.start({
    definition: definitionOf(steps, { tags: ["one"] }),
    tags: ["two"],
    idempotencyKey: "key",
  });
  expect((await engine.ended(id)).status).toBe("failed");
  expect((await keysOf(engine, id)).length).toBeGreaterThan(5);
  expect(await keysOf(engine, id)).toContain(`${keys.tag}:timers`);
  expect(await shared()).toHaveLength(3);
  await client.hset(keys.run(id).run, "retentionMs", 0);
  expect(await engine.transitions.sweepRun(id)).toBe("swept");
  expect(await keysOf(engine, id)).toEqual([]);
  expect(await shared()).toEqual([]);
});

test("an open run is never swept", async () => {
  const id = await engine.start({ definition: definitionOf({ a: noop(1) }) });
  expect(await engine.transitions.sweepRun(id)).toBe("open");
});

test("the same idempotency key gives the same run, and another body is refused", async () => {
  const definition = definitionOf({ a: noop(1) });
  const first = await engine.start({ definition, idempotencyKey: "k1", input: { n: 1 } });
  expect(await engine.start({ definition, idempotencyKey: "k1", input: { n: 1 } })).toBe(first);
  await expect(engine.start({ definition, idempotencyKey: "k1", input: { n: 2 } })).rejects.toMatchObject({
    code: "idempotency_conflict",
  });
});
