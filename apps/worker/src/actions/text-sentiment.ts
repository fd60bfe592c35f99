import { defineAction } from "@batonrun/core/actions";
import vader from "vader-sentiment";
import { z } from "zod";
import { splitSentences } from "./text/sentences.js";

const ScoredSentence = z.object({ text: z.string(), position: z.number(), compound: z.number() });
type ScoredSentence = z.output<typeof ScoredSentence>;

const SentimentOutput = z.object({
  /** -1 to 1: the mean over the sentences. */
  score: z.number(),
  label: z.enum(["positive", "neutral", "negative"]),
  positive: z.number(),
  neutral: z.number(),
  negative: z.number(),
  totalSentences: z.number(),
  sentences: z.array(ScoredSentence),
});

/**
 * Sentiment of English text by VADER's lexicon and rules, sentence by sentence.
 * C.J. Hutto and E.E. Gilbert, "VADER: A Parsimonious Rule-based Model for Sentiment Analysis of Social Media Text",
 * ICWSM 2014. For longer texts its authors score sentences and take the mean; the thresholds of the labels are theirs.
 */
export const sentiment = defineAction({
  name: "text.sentiment",
  capability: "text",
  effects: "none",
  input: z.strictObject({ text: z.string(), strongest: z.number().int().min(0).max(50).default(3) }),
  output: SentimentOutput,
  run: ({ input }) => {
    const scored = splitSentences(input.text).map(({ text, position }) => ({
      text,
      position,
      ...vader.SentimentIntensityAnalyzer.polarity_scores(text),
    }));
    const score = mean(scored.map(({ compound }) => compound));
    return {
      score,
      label: labelOf(score),
      positive: mean(scored.map(({ pos }) => pos)),
      neutral: mean(scored.map(({ neu }) => neu)),
      negative: mean(scored.map(({ neg }) => neg)),
      totalSentences: scored.length,
      sentences: strongestOf(scored, input.strongest),
    };
  },
});

const threshold = 0.05;

function labelOf(score: number): "positive" | "neutral" | "negative" {
  if (score >= threshold) return "positive";
  return score <= -threshold ? "negative" : "neutral";
}

function mean(values: readonly number[]): number {
  const sum = values.reduce((total, value) => total + value, 0);
  return Math.round((sum / Math.max(values.length, 1)) * 10_000) / 10_000;
}

/** The ones furthest from neutral, the strongest first. */
function strongestOf(scored: readonly ScoredSentence[], count: number): ScoredSentence[] {
  return scored
    .filter(({ compound }) => Math.abs(compound) >= threshold)
    .toSorted((a, b) => Math.abs(b.compound) - Math.abs(a.compound) || a.position - b.position)
    .slice(0, count)
    .map(({ text, position, compound }) => ({ text, position, compound }));
}
