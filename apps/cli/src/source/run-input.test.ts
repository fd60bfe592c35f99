import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { CliError } from "../cli-error.js";
import { type CliWorld, createCliWorld } from "../testing/cli-world.js";
import { InputWords, inputTypes, readRunInput } from "./run-input.js";

let world: CliWorld;
beforeEach(async () => {
  world = await createCliWorld({ stdin: '{"from": "stdin"}' });
  await world.writeFile("input.json", '{"name": "Ada", "times": 2}');
  await world.writeFile("input.yaml", "name: Ada\ntimes: 2\n");
  await world.writeFile("note.txt", "two\nlines\n");
});
afterEach(() => world.close());

const schema = { properties: { zip: { type: "string" }, times: { type: "integer" } } };

function read(...words: readonly string[]): Promise<unknown> {
  return readRunInput(world.io, words, inputTypes(schema));
}

describe("the input of a run", () => {
  test.each([
    ["nothing", [], {}],
    ["a file", ["@input.json"], { name: "Ada", times: 2 }],
    ["a file of YAML", ["@input.yaml"], { name: "Ada", times: 2 }],
    ["stdin", ["@-"], { from: "stdin" }],
    [
      "JSON where it is JSON, text where not",
      ["a=1", "b=true", "c=[1]", "d=x=y", "e="],
      { a: 1, b: true, c: [1], d: "x=y", e: "" },
    ],
    ["text where the schema wants a string", ["zip=01", "times=01"], { zip: "01", times: "01" }],
    [
      "text that looks like a number, where the schema wants a string",
      ["zip=1234", "times=3"],
      { zip: "1234", times: 3 },
    ],
    ["JSON strings as they are", ['zip="@x"'], { zip: "@x" }],
    ["text of a file", ["note=@note.txt"], { note: "two\nlines\n" }],
    ["JSON of a file", ["inner=@input.json"], { inner: { name: "Ada", times: 2 } }],
    ["the later of two", ["@input.json", "name=Bob"], { name: "Bob", times: 2 }],
  ])("takes %s", async (_what, words, input) => {
    expect(await read(...words)).toEqual(input);
  });

  test.each([
    ['{"name": }', 1, 10],
    ['{\n  "name": "x",\n  "b": tru,\n}', 3, 11],
    ['{"a": 1', 1, 8],
    ['["open', 1, 7],
    ["", 1, 1],
  ])("shows the place of the mistake in %j", async (text, line, column) => {
    await world.writeFile("bad.json", text);
    const error = await read("@bad.json").catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(CliError);
    expect(error).toMatchObject({ message: "bad.json is not valid JSON.", problems: [{ line, column }] });
  });

  test("shows the place of a mistake in YAML", async () => {
    await world.writeFile("bad.yaml", "a: 1\nb: [1, 2\nc: 3\n");
    await expect(read("@bad.yaml")).rejects.toMatchObject({ problems: [{ line: 3 }] });
  });

  test("says which file is missing", async () => {
    await expect(read("@missing.json")).rejects.toThrow("missing.json cannot be read: no such file");
  });

  test.each([["name"], ["=x"], ["@"], [""]])("is not written as %j", (word) => {
    expect(InputWords.safeParse([word]).success).toBe(false);
  });
});
