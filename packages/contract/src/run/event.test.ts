import { readdir, readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { SkipReason } from "../serialized-error.js";
import { EventType, eventCatalog, RunEvent } from "./event.js";
import { Closing } from "./run.js";

const page = await readFile(new URL("../../../../docs/reference/events.md", import.meta.url), "utf8");

test("the page tells every reason of a skip and of a closing", () => {
  for (const word of [...SkipReason.options, ...Closing.options]) expect(page).toContain(`\`${word}\``);
});

test("data that a sentence of the catalog names stands in the page's table", () => {
  const promised = Object.entries(eventCatalog).flatMap(([type, sentence]) =>
    [...sentence.matchAll(/`data\.(\w+)`/g)].map((match) => ({ type, key: match[1] ?? "" })),
  );
  expect(promised.length).toBeGreaterThan(0);
  for (const { type, key } of promised)
    expect(page).toMatch(new RegExp(`^\\| \`${type}\` \\|.*\\|[^|]*\`${key}\`[^|]*\\|$`, "m"));
});

test("every event that a script appends is one of the catalog", async () => {
  const folder = new URL("../../../core/src/redis/lua/", import.meta.url);
  const files = (await readdir(folder, { recursive: true })).filter((file) => file.endsWith(".lua"));
  const texts = await Promise.all(files.map((file) => readFile(new URL(file, folder), "utf8")));
  const appended = texts.flatMap((text) => [...text.matchAll(/append_event\(run, '(\w+)'/g)].map((match) => match[1]));
  const prefixes = appended.filter((type) => type?.endsWith("_"));
  expect(appended.length).toBeGreaterThan(5);
  expect(prefixes).toEqual(["run_"]);
  for (const type of appended.filter((name) => !name?.endsWith("_"))) expect(EventType.options).toContain(type);
});

test("an event is refused when its type is unknown or its seq is not a place in the log", () => {
  const event = { seq: 1, type: "run_started", at: "2026-01-02T03:04:05.678Z" };
  expect(RunEvent.safeParse(event).success).toBe(true);
  expect(RunEvent.safeParse({ ...event, type: "run_vanished" }).success).toBe(false);
  expect(RunEvent.safeParse({ ...event, seq: 0 }).success).toBe(false);
  expect(RunEvent.safeParse({ ...event, at: "yesterday" }).success).toBe(false);
});
