import { describe, expect, test } from "vitest";
import { printableConfig, readConfig } from "./config.js";

test("nothing needs to be set", () => {
  expect(readConfig({})).toMatchObject({
    redisUrl: "redis://127.0.0.1:6379",
    host: "127.0.0.1",
    port: 3000,
    cell: "b0",
    retentionMs: 7 * 86_400_000,
    isBoardReadOnly: true,
  });
});

test("the configuration is frozen", () => {
  expect(Object.isFrozen(readConfig({}))).toBe(true);
});

test("an empty variable counts as absent", () => {
  expect(readConfig({ BATON_PORT: "", BATON_HOST: "" })).toMatchObject({ port: 3000, host: "127.0.0.1" });
});

test("hosts are a list of names", () => {
  expect(readConfig({ BATON_ALLOWED_HOSTS: "Baton.example.com, api ," }).allowedHosts).toEqual([
    "baton.example.com",
    "api",
  ]);
});

describe("what is wrong is refused", () => {
  test.each([
    ["BATON_REDIS_URL", "http://localhost"],
    ["BATON_PORT", "65536"],
    ["BATON_PORT", "http"],
    ["BATON_CELL", "{b0}"],
    ["BATON_RETENTION", "7"],
    ["BATON_RETENTION", "0d"],
    ["BATON_BOARD_READ_ONLY", "yes"],
    ["BATON_MAX_RUN_BYTES", "-1"],
    ["BATON_MAX_JSON_DEPTH", "1000"],
    ["BATON_LOG_LEVEL", "loud"],
    ["BATON_DURABILITY", "sometimes"],
  ])("%s=%s", (name, value) => {
    expect(() => readConfig({ [name]: value })).toThrow(name);
  });

  test("all of it at once", () => {
    expect(() => readConfig({ BATON_PORT: "x", BATON_CELL: "-" })).toThrow(/BATON_CELL.*\n.*BATON_PORT/);
  });
});

test.each([
  "redis://:secret@host:6379/0",
  "rediss://user:secret@host",
  "redis://user:p@secret@host",
  "redis://user:p/secret@host",
  "redis://host/0?password=secret&family=4",
])("%s is printed without its password", (url) => {
  expect(JSON.stringify(printableConfig(readConfig({ BATON_REDIS_URL: url })))).not.toContain("secret");
});
