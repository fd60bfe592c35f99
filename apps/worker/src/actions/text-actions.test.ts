import { readFile } from "node:fs/promises";
import { describe, expect, test } from "vitest";
import { attempt } from "./testing/attempt.js";
import { keywords } from "./text-keywords.js";
import { sentiment } from "./text-sentiment.js";
import { summarize } from "./text-summarize.js";

const page = new URL("../../../../examples/document-analysis/documents/lighthouse-lens.html", import.meta.url);
const article = (await readFile(page, "utf8"))
  .replace(/<(head|script|style|nav|aside|footer|h2)[\s\S]*?<\/\1>/g, "")
  .replace(/<\/p>/g, "\n\n")
  .replace(/<[^>]+>/g, "");

describe("text.sentiment", () => {
  test.each([
    ["The staff were wonderful and the room was lovely. I loved it!", "positive"],
    ["A terrible delay. The worst service that I have ever had.", "negative"],
    ["The train leaves at ten. It has eight coaches.", "neutral"],
    ["The food isn\u2019t good.", "negative"],
    ["", "neutral"],
    ["constructor __proto__ toString valueOf hasOwnProperty", "neutral"],
  ])("calls '%s' %s", async (text, label) => {
    expect(await attempt(sentiment, { text })).toMatchObject({ label });
  });

  test("scores the mean of the sentences and shows the strongest first, with their places", async () => {
    const text = "It is a table. I love this wonderful table! The legs are bad. It is brown.";
    expect(await attempt(sentiment, { text, strongest: 1 })).toEqual({
      score: expect.closeTo(0.08, 1),
      label: "positive",
      positive: expect.any(Number),
      neutral: expect.any(Number),
      negative: expect.any(Number),
      totalSentences: 4,
      sentences: [{ text: "I love this wonderful table!", position: 1, compound: expect.closeTo(0.85, 1) }],
    });
  });
});

describe("text.summarize", () => {
  test("chooses as many sentences as asked, each word for word, in the order of the text", async () => {
    const result = await attempt(summarize, { text: article, sentences: 4 });
    expect(result).toHaveProperty("sentences.length", 4);
    const sentences = sentencesOf(result);
    expect(sentences.map(({ position }) => position)).toEqual(
      sentences.map(({ position }) => position).sort((a, b) => a - b),
    );
    for (const { text } of sentences) expect(article.replace(/\s+/g, " ")).toContain(text);
    expect(result).toHaveProperty("summary", sentences.map(({ text }) => text).join(" "));
  });

  test("puts the sentences first that say what the others say", async () => {
    const text = [
      "The harbour bridge carries trains and cars over the water.",
      "Cars cross the harbour bridge every morning.",
      "Trains cross the harbour bridge at night.",
    ].join(" ");
    const result = await attempt(summarize, {
      text: `My aunt bakes excellent bread on Sundays. ${text}`,
      sentences: 3,
    });
    expect(result).toMatchObject({ summary: text, totalSentences: 4 });
  });

  test("takes headings, rows of tables and repetitions for no part of a summary", async () => {
    const text =
      "THE BRIDGE\n\nBridge | Length\n\nThe bridge is long and old.\n\nThe bridge is long and old.\n\nIt was built by Dr. J. Smith in 1901.";
    const result = await attempt(summarize, { text, sentences: 5 });
    expect(result).toMatchObject({ summary: "The bridge is long and old. It was built by Dr. J. Smith in 1901." });
  });

  test.each([[""], ["   \n\n "], ["one"]])("copes with the text '%s'", async (text) => {
    expect(await attempt(summarize, { text })).toMatchObject({ summary: text.trim() });
  });

  test("summarizes 200 KB in about a second, by an even sample of its sentences", async () => {
    const nouns = [
      "bridge",
      "river",
      "engine",
      "harbour",
      "signal",
      "lamp",
      "storm",
      "captain",
      "ledger",
      "copper",
      "valve",
      "road",
    ];
    const sentence = (n: number): string => {
      const words = Array.from(
        { length: 14 },
        (_, k) => `${nouns[(n * 7 + k * k) % nouns.length]}${(n * 31 + k) % 97}`,
      );
      return `The ${words.join(" of the ")} was seen.`;
    };
    const text = Array.from({ length: 1_400 }, (_, n) => sentence(n)).join(" ");
    expect(text.length).toBeGreaterThan(200_000);
    const started = performance.now();
    const result = await attempt(summarize, { text, sentences: 5 });
    // Far above what it takes, so that a busy machine does not fail it; a cubic method would still not pass.
    expect(performance.now() - started).toBeLessThan(8_000);
    expect(result).toMatchObject({ totalSentences: 1_400, consideredSentences: 1_000 });
    expect(sentencesOf(result).at(-1)?.position).toBeLessThan(1_400);
  });

  test.each([[{ text: "x", sentences: 0 }], [{ text: "x", sentences: 2.5 }], [{ text: null }]])(
    "refuses %j",
    async (input) => {
      await expect(attempt(summarize, input)).rejects.toMatchObject({ type: "validation" });
    },
  );
});

describe("text.keywords", () => {
  test("finds the phrases of the example in RAKE's own paper", async () => {
    const text = `Compatibility of systems of linear constraints over the set of natural numbers. Criteria of compatibility of a
      system of linear Diophantine equations, strict inequations, and nonstrict inequations are considered. Upper bounds for
      components of a minimal set of solutions and algorithms of construction of minimal generating sets of solutions for all
      types of systems are given. These criteria and the corresponding algorithms for constructing a minimal supporting set of
      solutions can be used in solving all the considered types of systems and systems of mixed types.`;
    const result = await attempt(keywords, { text, limit: 20 });
    const terms = JSON.stringify(result);
    for (const term of [
      "linear diophantine equations",
      "minimal generating sets",
      "linear constraints",
      "natural numbers",
    ]) {
      expect(terms).toContain(term);
    }
  });

  test("shows only what recurs in a long text", async () => {
    const result = await attempt(keywords, { text: article, limit: 5 });
    expect(result).toHaveProperty("keywords.length", 5);
    for (const term of ["glass", "lens", "light"]) expect(JSON.stringify(result)).toContain(`"term":"${term}"`);
    expect(JSON.stringify(result)).not.toContain('"count":1}');
  });

  test.each([[""], ["the of and"], ["1914 1918"]])("finds none in '%s'", async (text) => {
    expect(await attempt(keywords, { text })).toEqual({ keywords: [] });
  });
});

describe("the text actions, on texts made to take long", () => {
  const hostile = [
    "A. ".repeat(60_000),
    `x${" ".repeat(200_000)}y`,
    "x".repeat(200_000),
    "\n \n".repeat(60_000),
    "a-".repeat(100_000),
    ".".repeat(200_000),
    "!?".repeat(100_000),
    "so not very good ".repeat(12_000),
  ];

  test.each(hostile.map((text) => [text.slice(0, 12), text]))("get through %j... in time", async (_start, text) => {
    for (const action of [sentiment, keywords, summarize]) {
      const started = performance.now();
      await attempt(action, { text });
      expect(performance.now() - started, action.name).toBeLessThan(4_000);
    }
  });
});

interface Placed {
  readonly text: string;
  readonly position: number;
}

function sentencesOf(result: unknown): readonly Placed[] {
  // What summarize returns has been checked by its own schema.
  return (result as { readonly sentences: readonly Placed[] }).sentences;
}
