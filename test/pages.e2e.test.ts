import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { testRedis } from "@batonrun/verify";
import { type Browser, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { z } from "zod";

const main = fileURLToPath(new URL("../apps/api/src/main.ts", import.meta.url));
const START_TIMEOUT_MS = 60_000;

let browser: Browser;

beforeAll(async () => {
  browser = await chromium.launch({
    executablePath: process.env["BATON_CHROMIUM"] ?? "/usr/bin/chromium",
    args: [
      "--headless",
      "--no-sandbox",
      "--disable-gpu",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });
}, START_TIMEOUT_MS);

afterAll(() => browser.close());

/** The API as a process, with one run of a definition that no worker takes. */
async function setup() {
  const redis = testRedis();
  const api = spawn(process.execPath, ["--conditions=source", "--import", "tsx", main], {
    env: {
      ...process.env,
      BATON_REDIS_URL: redis.url,
      BATON_CELL: redis.keys.tag.slice(1, -1),
      BATON_PORT: "0",
    },
    stdio: ["ignore", "pipe", "inherit"],
  });
  onTestFinished(async () => {
    api.kill("SIGKILL");
    await redis.close();
  });
  const url = await addressOf(api.stdout);
  const definition = { apiVersion: "baton/v1", name: "a", version: "1.0.0", steps: { a: { action: "core.noop" } } };
  await expect.poll(async () => (await fetch(`${url}/readyz`)).status, { timeout: START_TIMEOUT_MS }).toBe(200);
  const started = await fetch(`${url}/v1/runs`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ definition, input: { note: "canary-7f3a" } }),
  });
  const { id } = z.object({ id: z.string() }).parse(await started.json());
  return { url, run: id };
}

async function addressOf(log: NodeJS.ReadableStream): Promise<string> {
  for await (const line of createInterface({ input: log })) {
    const address = /"listening on ([^"]+)"/.exec(line)?.[1];
    if (address !== undefined) return address;
  }
  throw new Error("the API ended before it listened");
}

/** A page that remembers what went wrong in it, and whom else it asked. */
async function openPage(url: string, path: string) {
  const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
  onTestFinished(() => page.close());
  const troubles: string[] = [];
  page.on("pageerror", (error) => troubles.push(`page error: ${error.message}`));
  page.on("console", (message) => {
    if (message.type() === "error") troubles.push(`console: ${message.text()}`);
  });
  page.on("request", (request) => {
    if (!request.url().startsWith(url) && !request.url().startsWith("data:")) troubles.push(`asked ${request.url()}`);
  });
  page.on("response", (response) => {
    if (response.status() >= 400) troubles.push(`${response.status()} ${response.url()}`);
  });
  await page.goto(url + path);
  return { page, troubles };
}

/** Waits for a text that a person would see. */
async function see(page: Page, text: string): Promise<void> {
  await page.getByText(text, { exact: true }).first().waitFor({ state: "visible", timeout: 10_000 });
}

test(
  "/docs shows the operations and asks no other site for anything",
  async () => {
    const { url } = await setup();
    const { page, troubles } = await openPage(url, "/docs");
    await see(page, "Start a run");
    await see(page, "Register a workflow version");
    await page.getByText("Start a run", { exact: true }).click();
    await see(page, "Idempotency-Key");
    expect(troubles).toEqual([]);
  },
  START_TIMEOUT_MS,
);

test(
  "/admin/queues shows the queues and a job without its payload",
  async () => {
    const { url, run } = await setup();
    const { page, troubles } = await openPage(url, "/admin/queues");
    await see(page, "steps.core");
    await page.goto(`${url}/admin/queues/queue/steps.core?status=waiting`);
    await see(page, `${run}.a.0`);
    expect(await page.content()).not.toContain("canary-7f3a");
    expect(troubles).toEqual([]);
  },
  START_TIMEOUT_MS,
);
