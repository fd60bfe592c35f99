import { expect, test } from "vitest";
import { z } from "zod";
import { CellName, CommaList, durationField, Flag, Port, RedisUrl, wholeNumber } from "./config-fields.js";
import { ConfigError, readEnvironment } from "./read-environment.js";

const Seconds = durationField((text) => (/^[0-9]+s$/.test(text) ? Number.parseInt(text, 10) * 1_000 : null));

test.each([
  ["a Redis URL", RedisUrl, "redis://127.0.0.1:6379", "redis://127.0.0.1:6379"],
  ["a socket", RedisUrl, "/run/redis.sock", "/run/redis.sock"],
  ["a cell", CellName, "b0", "b0"],
  ["a port", Port, "65535", 65_535],
  ["any free port", Port, "0", 0],
  ["a flag", Flag, "false", false],
  ["a list", CommaList, " a, b,, ", ["a", "b"]],
  ["a number", wholeNumber({ max: 20 }), "20", 20],
  ["a duration", Seconds, "30s", 30_000],
] as const)("%s is read", (_name, field, text, value) => {
  expect(readEnvironment(z.object({ X: field }), { X: text })).toEqual({ X: value });
});

test.each([
  ["a Redis URL", RedisUrl, "http://localhost", "must begin with redis://"],
  ["a cell", CellName, "{b0}", "must be at most 32 lowercase letters"],
  ["a port beyond the last", Port, "65536", "must be a port from 0 to 65535"],
  ["a port with a sign", Port, "+80", "must be a port from 0 to 65535"],
  ["a flag", Flag, "yes", "must be true or false"],
  ["a number below", wholeNumber(), "0", "must be a whole number from 1 to"],
  ["a number above", wholeNumber({ max: 20 }), "21", "must be a whole number from 1 to 20"],
  ["a number in another form", wholeNumber(), "1e3", "must be a whole number"],
  ["a duration", Seconds, "soon", "must be a duration such as 500ms"],
] as const)("%s that is wrong is refused, and the message says what it must be", (_name, field, text, message) => {
  expect(() => readEnvironment(z.object({ X: field }), { X: text })).toThrow(`X ${message}`);
});

test("an error names every wrong variable and no value", () => {
  const read = () => readEnvironment(z.object({ A: Port, B: Flag }), { A: "s3cr3t", B: "s3cr3t" });
  expect(read).toThrow(ConfigError);
  expect(read).toThrow(/^Invalid configuration:\n {2}A must .*\n {2}B must /);
  expect(read).not.toThrow(/s3cr3t/);
});

test("an empty variable counts as absent, and unknown variables are left out", () => {
  expect(readEnvironment(z.object({ A: Port.default(80) }), { A: "", HOME: "/root" })).toEqual({ A: 80 });
});
