import { afterEach, beforeEach, expect, test } from "vitest";
import { ActionError } from "../../packages/core/src/actions/define-action.js";
import { actionOf } from "../support/actions.js";
import { TestEngine } from "../support/engine.js";
import { stepOf } from "../support/step-of.js";

let engine: TestEngine;
beforeEach(() => {
  engine = new TestEngine();
});
afterEach(() => engine.close());

const giving = (name: string, give: (secrets: Readonly<Record<string, string>>) => unknown) =>
  actionOf(name, ({ secrets }) => give(secrets));

test.each([
  ["a number beyond JSON", () => 10n ** 20n],
  [
    "a circle",
    () => {
      const circle: Record<string, unknown> = {};
      circle["self"] = circle;
      return circle;
    },
  ],
  [
    "a getter that throws",
    () => ({
      get broken(): never {
        throw new Error("broken");
      },
    }),
  ],
])("%s fails the step once, with type validation", async (_name, give) => {
  await engine.work([giving("test.odd", give)]);
  const run = await engine.run({ a: { action: "test.odd", retry: { attempts: 3, delay: "10ms" } } });
  expect(run.status).toBe("failed");
  expect(stepOf(run, "a")).toMatchObject({ attempts: 1, error: { type: "validation" } });
});

test.each([
  ["something without text", () => Object.create(null)],
  ["details beyond JSON", () => new ActionError("no", { type: "odd", details: { n: 10n } })],
  ["huge details", () => new ActionError("no", { type: "odd", details: "x".repeat(1_000_000) })],
])("an action that throws %s fails once, with an error that is small", async (_name, thrown) => {
  await engine.work([
    giving("test.throw", () => {
      throw thrown();
    }),
  ]);
  const run = await engine.run({ a: { action: "test.throw" } });
  expect(run.status).toBe("failed");
  expect(stepOf(run, "a")).toMatchObject({ attempts: 1, error: { message: expect.any(String) } });
  expect(JSON.stringify(stepOf(run, "a")?.error).length).toBeLessThan(1000);
});

test("of an error's message 2,000 characters are kept", async () => {
  await engine.work([
    giving("test.talk", () => {
      throw new Error("x".repeat(2_001));
    }),
  ]);
  const run = await engine.run({ a: { action: "test.talk" } });
  expect(stepOf(run, "a")?.error?.message).toBe("x".repeat(2_000));
});

test("secrets never reach Redis, neither in results nor in errors", async () => {
  const secret = 'pass"word\n1';
  const tell = giving("test.tell", ({ TOKEN }) => ({ told: `it is ${TOKEN}` }));
  const shout = giving("test.shout", ({ TOKEN }) => {
    throw new Error(`not with ${TOKEN}`);
  });
  await engine.work([tell, shout], { secrets: { TOKEN: secret } });
  const retry = { attempts: 2, delay: "10ms" };
  const run = await engine.run({ a: { action: "test.tell" }, b: { action: "test.shout", retry, needs: ["a"] } });
  expect(stepOf(run, "a")?.result).toEqual({ told: "it is [secret TOKEN]" });
  expect(stepOf(run, "b")?.error?.message).toBe("not with [secret TOKEN]");
  const { client, keys } = engine.redis;
  for (const key of await client.keys(`${keys.tag}:*`)) {
    const dump = await client.dumpBuffer(key);
    expect(dump?.includes("word") ?? false, key).toBe(false);
  }
});
