import { expect, test } from "vitest";
import { commandsOf } from "./fences.js";
import { expectPrinted } from "./printed-output.js";

function shown(language: string, text: string) {
  return { language, text, line: 1 };
}

test("ids, times and what … stands for may differ, and nothing else", () => {
  const text = shown("text", "run 01M7XV0K1G9XXYV3N5T0JC6GGS\nat 2026-11-21T01:19:57.501Z (…)\n");
  expectPrinted(text, "run 01ARZ3NDEKTSV4RRFFQ69G5FAV\nat 2027-01-02T03:04:05.006Z (all\nof it)\n", "");
  expect(() => expectPrinted(text, "run 01ARZ3NDEKTSV4RRFFQ69G5FAV\nat noon (all)\n", "")).toThrow();
  expect(() => expectPrinted(text, "ran 01ARZ3NDEKTSV4RRFFQ69G5FAV\nat 2027-01-02T03:04:05.006Z ()\n", "")).toThrow();
  expect(() => expectPrinted(text, "", "")).toThrow();
});

test("a value may have more keys than are shown, and durations of its own", () => {
  const value = shown("json", '{ "status": "completed", "durationMs": 3, "steps": [{ "id": "a" }] }');
  expectPrinted(value, '{"status":"completed","durationMs":81,"steps":[{"id":"a","attempts":1}],"tags":[]}', "");
  expect(() => expectPrinted(value, '{"status":"failed","durationMs":3,"steps":[{"id":"a"}]}', "")).toThrow();
  expect(() =>
    expectPrinted(value, '{"status":"completed","durationMs":3,"steps":[{"id":"a"},{"id":"b"}]}', ""),
  ).toThrow();
  expect(() => expectPrinted(value, '{"status":"completed","steps":[{"id":"a"}]}', "")).toThrow();
});

test("the block behind commands is their output, unless words stand between or it holds commands, too", () => {
  const page =
    "```sh\na\n```\n\n```text\nb\n```\n\n```sh\nc\n```\n\nThis is:\n\n```json\n{}\n```\n\n```sh\nd\n```\n\n```sh\ne\n```\n";
  expect(commandsOf(page).map(({ text, output }) => [text, output?.text ?? null])).toEqual([
    ["a\n", "b\n"],
    ["c\n", null],
    ["d\n", null],
    ["e\n", null],
  ]);
});
