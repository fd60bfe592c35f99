import { readdir, readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { EventType, eventCatalog, RunEvent } from "./event.js";
import { Closing } from "./run.js";
import { SkipReason } from "./serialized-error.js";

const page = await readFile(new URL("../../../docs/reference/events.md", import.meta.url), "utf8");

/** The rows of the table under a heading, as cells. */
function tableUnder(heading: string): string[][] {
  const section = page.split(/^## /m).find((part) => part.startsWith(heading)) ?? "";
  return section
    .split("\n")
    .filter((line) => line.startsWith("| `"))
    .map((line) => line.split("|").slice(1, -1))
    .map((cells) => cells.map((cell) => cell.trim()));
}

test("the page lists every event type with its sentence, and no other", () => {
  const documented = tableUnder("Types").map(([type, sentence]) => [type, sentence]);
  expect(documented).toEqual(Object.entries(eventCatalog).map(([type, sentence]) => [`\`${type}\``, sentence]));
});

test("the page lists every field of an event, and no other", () => {
  const documented = tableUnder("Fields").map(([field]) => field);
  expect(documented).toEqual(Object.keys(RunEvent.shape).map((field) => `\`${field}\``));
});

test("the page tells every reason of a skip and of a closing", () => {
  for (const word of [...SkipReason.options, ...Closing.options]) expect(page).toContain(`\`${word}\``);
});

test("data that a sentence of the catalog names stands in the page's table", () => {
  const promised = Object.entries(eventCatalog).flatMap(([type, sentence]) =>
    [...sentence.matchAll(/`data\.(\w+)`/g)].map((match) => ({ type, key: match[1] ?? "" })),
  );
  expect(promised.length).toBeGreaterThan(0);
  const data = new Map(tableUnder("Types").map(([type, , cell]) => [type, cell]));
  for (const { type, key } of promised) expect(data.get(`\`${type}\``)).toContain(`\`${key}\``);
});

test("every event that a script appends is one of the catalog", async () => {
  const folder = new URL("../../core/src/redis/lua/", import.meta.url);
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
