import { marked } from "marked";
import { describe, expect, test } from "vitest";
import { reportMarkdown } from "./report-markdown.js";
import { attempt } from "./testing/attempt.js";
import { keywords } from "./text-keywords.js";
import { sentiment } from "./text-sentiment.js";
import { summarize } from "./text-summarize.js";

const text = "The new bridge is wonderful. Many cars cross the new bridge. The toll is terrible.";

async function report(input: unknown): Promise<string> {
  // What the action returns has been checked by its own schema.
  const { markdown } = (await attempt(reportMarkdown, input)) as { readonly markdown: string };
  return markdown;
}

describe("report.markdown", () => {
  test("writes a section for each key, with the results of the text actions in words", async () => {
    const markdown = await report({
      sentiment: await attempt(sentiment, { text }),
      summary: await attempt(summarize, { text, sentences: 1 }),
      key_phrases: await attempt(keywords, { text, limit: 2 }),
    });
    expect(markdown).toMatchInlineSnapshot(`
      "# Report

      ## Sentiment

      **Neutral** (+0.03 on a scale of -1 to 1, over 3 sentences)

      Strongest sentences:

      - +0.57: "The new bridge is wonderful."
      - -0.48: "The toll is terrible."

      ## Summary

      > The new bridge is wonderful.

      1 of 3 sentences, chosen by TextRank.

      ## Key phrases

      | Key phrase | Occurrences | Score |
      | --- | --- | --- |
      | cars cross | 1 | 4 |
      | bridge | 2 | 2 |
      "
    `);
  });

  test("writes texts, lists, tables and nested values, and says what is missing", async () => {
    const markdown = await report({
      title: "Quarter 3",
      intro: "First paragraph.\n\nSecond\nparagraph.",
      failedBranch: null,
      tags: ["a", 2, true],
      prices: [
        { name: "A", price: 1 },
        { name: "B", stock: null },
      ],
      branches: [
        { title: "North", cars: 3, note: "x".repeat(201) },
        { title: "South", deep: { list: [] } },
      ],
    });
    expect(markdown).toBe(
      [
        "# Quarter 3",
        "## Intro",
        "First paragraph.",
        "Second paragraph.",
        "## Failed branch",
        "*Not available.*",
        "## Tags",
        "- a\n- 2\n- true",
        "## Prices",
        "| Name | Price | Stock |\n| --- | --- | --- |\n| A | 1 | n/a |\n| B | n/a | n/a |",
        "## Branches",
        "### North",
        "- **Cars:** 3",
        "#### Note",
        "x".repeat(201),
        "### South",
        "#### Deep",
        "##### List",
        "*Empty.*\n",
      ].join("\n\n"),
    );
  });

  test.each([
    ["<script>alert(1)</script>"],
    ["<img src=x onerror=alert(1)>"],
    ["[click](javascript:alert(1))"],
    ["![x](http://tracker.example/pixel.png)"],
    ["# Heading"],
    ["- item"],
    ["1. item"],
    ["> quote"],
    ["```\ncode"],
    ["| a | b |\n| --- | --- |"],
    ["---"],
    ["**bold** _it_ ~~gone~~"],
  ])("shows %j of a document as text, never as markup", async (hostile) => {
    const markdown = await report({
      text: hostile,
      list: [hostile],
      rows: [{ cell: hostile }],
      record: { fact: hostile },
    });
    const html = await marked.parse(markdown);
    expect(html).not.toMatch(/<(script|img|pre|code|blockquote|hr|ol|del|em)\b|<a (?!href="http:)/);
    expect(html.match(/<h1/g)).toHaveLength(1);
    expect(html.match(/<table/g)).toHaveLength(1);
  });

  test("puts what is nested too deep into a block of JSON", async () => {
    const deep = { a: { b: { c: { d: { e: [{ f: ["```"] }] } } } } };
    expect(await report(deep)).toContain("````json\n");
  });
});
