import { z } from "zod";
import { bullets, escapeText, table } from "./markdown-text.js";

/**
 * Renders a value that is recognized as the result of one of the text actions, whatever step or key it came from.
 * Undefined when it is none of them.
 */
export function renderKnown(value: unknown): string | undefined {
  for (const render of [renderSentiment, renderSummary, renderKeywords]) {
    const markdown = render(value);
    if (markdown !== undefined) return markdown;
  }
  return undefined;
}

const Sentiment = z.object({
  score: z.number(),
  label: z.enum(["positive", "neutral", "negative"]),
  totalSentences: z.number(),
  sentences: z.array(z.object({ text: z.string(), compound: z.number() })),
});

function renderSentiment(value: unknown): string | undefined {
  const parsed = Sentiment.safeParse(value);
  if (!parsed.success) return undefined;
  const { label, score, totalSentences, sentences } = parsed.data;
  const verdict = `**${titled(label)}** (${signed(score)} on a scale of -1 to 1, over ${counted(totalSentences, "sentence")})`;
  if (sentences.length === 0) return verdict;
  const quotes = sentences.map((sentence) => `${signed(sentence.compound)}: "${escapeText(sentence.text)}"`);
  return `${verdict}\n\nStrongest sentences:\n\n${bullets(quotes)}`;
}

const Summary = z.object({
  summary: z.string(),
  totalSentences: z.number(),
  sentences: z.array(z.object({ text: z.string() })),
});

function renderSummary(value: unknown): string | undefined {
  const parsed = Summary.safeParse(value);
  if (!parsed.success) return undefined;
  const { sentences, totalSentences } = parsed.data;
  if (sentences.length === 0) return "The text has no sentences.";
  const quoted = sentences.map((sentence) => `> ${escapeText(sentence.text)}`).join("\n>\n");
  return `${quoted}\n\n${sentences.length} of ${counted(totalSentences, "sentence")}, chosen by TextRank.`;
}

const Keywords = z.object({
  keywords: z.array(z.object({ term: z.string(), score: z.number(), count: z.number() })),
});

function renderKeywords(value: unknown): string | undefined {
  const parsed = Keywords.safeParse(value);
  if (!parsed.success) return undefined;
  const rows = parsed.data.keywords.map(({ term, count, score }) => [term, String(count), String(score)]);
  return rows.length === 0 ? "No key phrases." : table(["Key phrase", "Occurrences", "Score"], rows);
}

function titled(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}

function signed(score: number): string {
  return `${score > 0 ? "+" : ""}${score.toFixed(2)}`;
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}
