import { describe, expect, test } from "vitest";
import { didYouMean, nearestWord } from "./suggestion.js";

describe("the nearest word", () => {
  test.each([
    ["timeot", ["timeout", "tags"], "timeout"],
    ["tiemout", ["timeout"], "timeout"],
    ["Retry", ["retry", "repeat"], "retry"],
    ["wiht", ["with"], "with"],
    ["a", ["b"], "b"],
    ["retries", ["retry"], null],
    ["zzz", ["timeout"], null],
    ["x", [], null],
  ])("of %s among %j is %j", (word, candidates, nearest) => {
    expect(nearestWord(word, candidates)).toBe(nearest);
  });

  test("is searched among the first 500 candidates only", () => {
    const candidates = Array.from({ length: 500 }, (_, index) => `candidate_${index}`);
    expect(nearestWord("timeot", [...candidates, "timeout"])).toBeNull();
  });

  test("becomes a sentence, or an empty string", () => {
    expect(didYouMean("timeot", ["timeout"])).toBe(' Did you mean "timeout"?');
    expect(didYouMean("timeot", [])).toBe("");
  });
});
