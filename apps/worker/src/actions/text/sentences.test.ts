import { describe, expect, test } from "vitest";
import { splitSentences } from "./sentences.js";

const texts = (text: string): readonly string[] => splitSentences(text).map((sentence) => sentence.text);

describe("splitSentences", () => {
  test.each([
    ["One. Two! Three?", ["One.", "Two!", "Three?"]],
    ["Dr. J. Smith met Mrs. Jones. They talked.", ["Dr. J. Smith met Mrs. Jones.", "They talked."]],
    ["It cost 3.5 million. Cheap.", ["It cost 3.5 million.", "Cheap."]],
    ["A line\nthat goes on. Next.", ["A line that goes on.", "Next."]],
    ["A heading\n\nA paragraph.", ["A heading", "A paragraph."]],
    ["", []],
    [" \n\n \n", []],
  ])("splits %j", (text, expected) => {
    expect(texts(text)).toEqual(expected);
  });

  test("cuts what never ends, losing nothing but spaces", () => {
    const text = "word ".repeat(1_000).trim();
    const pieces = texts(text);
    expect(Math.max(...pieces.map((piece) => piece.length))).toBeLessThanOrEqual(1_500);
    expect(pieces.join(" ")).toBe(text);
    expect(texts("x".repeat(4_000)).join("")).toBe("x".repeat(4_000));
  });

  test("distinguishes prose from headings and labels", () => {
    const kinds = splitSentences(
      'A heading\n\nThis is a sentence.\n\nShort one.\n\nName | Price | Rating\n\nHe said "so it goes."',
    );
    expect(kinds.map(({ isProse }) => isProse)).toEqual([false, true, false, false, true]);
  });
});
