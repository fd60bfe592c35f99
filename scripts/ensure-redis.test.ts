import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test, vi } from "vitest";
import { ensureRedis, ensureRedisBinary } from "./ensure-redis.mjs";

/** A machine whose PATH has only these commands, each a shell script that first notes how it was called. */
function setup(commands: Readonly<Record<string, string>>) {
  const bin = mkdtempSync(join(tmpdir(), "baton-path-"));
  const calls = join(bin, "calls.log");
  writeFileSync(calls, "");
  for (const [name, body] of Object.entries(commands)) {
    writeFileSync(join(bin, name), `#!/bin/sh\necho "${name} $*" >> ${calls}\n${body}\n`);
    chmodSync(join(bin, name), 0o755);
  }
  onTestFinished(() => rmSync(bin, { recursive: true }));
  vi.stubEnv("PATH", bin);
  vi.stubEnv("BATON_REDIS_URL", "");
  const said = vi.spyOn(console, "log").mockImplementation(() => undefined);
  return { bin, said, calls: () => readFileSync(calls, "utf8").trim().split("\n") };
}

const sudo = 'shift; exec "$@"';

/** Installs a redis-server beside itself. */
const installer = 'case "$*" in *install*redis-server) /bin/cp "$0" "$(/usr/bin/dirname "$0")/redis-server";; esac';

test("the Redis that BATON_REDIS_URL names is taken as it is", async () => {
  setup({});
  vi.stubEnv("BATON_REDIS_URL", "redis://db.example:6379");
  expect((await ensureRedis("/nowhere")).url).toBe("redis://db.example:6379");
});

test("a server on PATH is taken, Valkey as well", () => {
  const { bin, calls } = setup({ "valkey-server": "", "apt-get": "" });
  expect(ensureRedisBinary()).toBe(join(bin, "valkey-server"));
  expect(calls()).toEqual([""]);
});

test("a missing server is installed by the package manager, its lists fetched and the person told first", () => {
  const { bin, said, calls } = setup({ "apt-get": installer, sudo });
  expect(ensureRedisBinary()).toBe(join(bin, "redis-server"));
  expect(calls().filter((call) => call.startsWith("apt-get"))).toEqual([
    "apt-get update",
    "apt-get install -y --no-install-recommends redis-server",
  ]);
  expect(said).toHaveBeenCalledWith(expect.stringMatching(/^Installing: .*apt-get install/));
});

test("where the package manager has no Redis under its first name, the next is tried", () => {
  const failing =
    'case "$*" in *redis-server) exit 100;; *valkey-server) /bin/cp "$0" "$(/usr/bin/dirname "$0")/valkey-server";; esac';
  const { bin } = setup({ "apt-get": failing, sudo });
  expect(ensureRedisBinary()).toBe(join(bin, "valkey-server"));
});

test("where nothing helps, the lines to type are told", async () => {
  setup({ docker: "exit 1" });
  await expect(ensureRedis("/nowhere")).rejects.toThrow("sudo apt-get install redis-server");
});
