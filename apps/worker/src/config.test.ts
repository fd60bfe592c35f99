import { readdir, readFile } from "node:fs/promises";
import { validateDefinition } from "@batonrun/core";
import type { ActionContext } from "@batonrun/core/actions";
import { ConfigError } from "@batonrun/node/config";
import { expect, test } from "vitest";
import { printableConfig, readConfig } from "./config.js";

test("an empty environment gives a worker that runs", () => {
  expect(readConfig({ BATON_ACTIONS: "" })).toEqual({
    redisUrl: "redis://127.0.0.1:6379",
    cell: "b0",
    actions: [],
    capabilities: null,
    concurrency: 10,
    metricsPort: 9464,
    host: "127.0.0.1",
    shutdownGraceMs: 25_000,
    httpAllowPrivate: [],
    documentRoots: [],
    logLevel: "info",
    lockDurationMs: 10_000,
    stalledIntervalMs: 2_000,
    secrets: {},
  });
});

test("what is set is parsed once, into lists, numbers and milliseconds", () => {
  const config = readConfig({
    BATON_ACTIONS: "./a.js, @acme/actions,",
    BATON_CAPABILITIES: "text,http",
    BATON_CONCURRENCY: "25",
    BATON_METRICS_PORT: "off",
    BATON_SHUTDOWN_GRACE: "500ms",
  });
  expect(config.actions).toEqual(["./a.js", "@acme/actions"]);
  expect(config.capabilities).toEqual(["text", "http"]);
  expect(config.concurrency).toBe(25);
  expect(config.metricsPort).toBeNull();
  expect(config.shutdownGraceMs).toBe(500);
});

test.each([
  ["BATON_REDIS_URL", "localhost:6379"],
  ["BATON_REDIS_URL", "https://redis.example.com"],
  ["BATON_CELL", "{b0}"],
  ["BATON_CAPABILITIES", "Text"],
  ["BATON_CONCURRENCY", "0"],
  ["BATON_CONCURRENCY", "1e3"],
  ["BATON_METRICS_PORT", "70000"],
  ["BATON_SHUTDOWN_GRACE", "25"],
  ["BATON_LOCK_DURATION", "0s"],
  ["BATON_LOG_LEVEL", "loud"],
])("%s=%s is refused by its name", (name, value) => {
  expect(() => readConfig({ [name]: value })).toThrow(name);
});

test("all problems are reported at once, without the values", () => {
  const environment = { BATON_CONCURRENCY: "s3cr3t", BATON_LOCK_DURATION: "soon" };
  expect(() => readConfig(environment)).toThrow(ConfigError);
  expect(() => readConfig(environment)).toThrow(/BATON_CONCURRENCY .*\n.*BATON_LOCK_DURATION /);
  expect(() => readConfig(environment)).not.toThrow(/s3cr3t/);
});

test("a config is frozen and prints without password and secrets", () => {
  const config = readConfig({
    BATON_REDIS_URL: "redis://worker:hunter2@s@redis:6379/0",
    BATON_SECRET_API_TOKEN: "tok-123",
  });
  expect(Object.isFrozen(config)).toBe(true);
  expect(config.secrets).toEqual({ API_TOKEN: "tok-123" });
  const printed = JSON.stringify(printableConfig(config));
  expect(printed).toContain("redis://***@redis:6379/0");
  expect(printed).toContain("API_TOKEN");
  expect(printed).not.toMatch(/hunter2|tok-123/);
});

test("the reference offers a secret only where it can be read: in an action, and not in a definition", async () => {
  const folder = new URL("../../../docs/reference/", import.meta.url);
  const pages = await readdir(folder);
  const texts = await Promise.all(pages.map((page) => readFile(new URL(page, folder), "utf8")));
  const offers = texts.join("\n").match(/^.*`secret\..*$/gm);
  const definition = {
    ...{ apiVersion: "baton/v1", name: "reads-secret", version: "1.0.0" },
    steps: { a: { action: "core.noop", with: { token: "{{ secret.API_TOKEN }}" } } },
  };
  const { problems } = validateDefinition(definition);
  expect(problems).toEqual([expect.objectContaining({ code: "not_supported_yet" })]);
  expect(offers, "only the list of what is not supported yet").toEqual(["- `secret.NAME` in expressions."]);
  const context = { secrets: readConfig({ BATON_SECRET_API_TOKEN: "tok-123" }).secrets } satisfies Partial<
    ActionContext<unknown>
  >;
  expect(context.secrets["API_TOKEN"]).toBe("tok-123");
});
