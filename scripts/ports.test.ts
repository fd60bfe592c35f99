import { once } from "node:events";
import { createServer } from "node:net";
import { expect, onTestFinished, test, vi } from "vitest";
import { freePort, portFrom } from "./ports.mjs";

async function occupy(): Promise<number> {
  const port = await freePort();
  const server = createServer().listen(port, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => void server.close());
  return port;
}

test("a port in use is passed over, and said so", async () => {
  const said = vi.spyOn(console, "log").mockImplementation(() => undefined);
  const taken = await occupy();
  expect(await portFrom("BATON_TEST_UNSET", taken)).toBeGreaterThan(taken);
  expect(said).toHaveBeenCalledWith(expect.stringContaining(`Port ${taken} is in use`));
});

test("a port that was asked for is never replaced", async () => {
  const taken = await occupy();
  vi.stubEnv("BATON_TEST_PORT", String(taken));
  await expect(portFrom("BATON_TEST_PORT", 3000)).rejects.toThrow(`Port ${taken} (BATON_TEST_PORT) is in use`);
});

test.each(["http", "70000", "-1"])("%s is no port", async (text) => {
  vi.stubEnv("BATON_TEST_PORT", text);
  await expect(portFrom("BATON_TEST_PORT", 3000)).rejects.toThrow(`BATON_TEST_PORT is "${text}"`);
});
