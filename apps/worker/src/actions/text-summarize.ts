import { defineAction } from "@batonrun/core/actions";
import { z } from "zod";
import { type Sentence, splitSentences } from "./text/sentences.js";
import { rankSentences } from "./text/text-rank.js";

const SummarizeInput = z.strictObject({
  text: z.string(),
  sentences: z.number().int().min(1).max(50).default(5),
});

const SummarizeOutput = z.object({
  summary: z.string(),
  sentences: z.array(z.object({ text: z.string(), position: z.number(), score: z.number() })),
  totalSentences: z.number(),
  consideredSentences: z.number(),
});

/** Ranking compares every pair of sentences. Longer texts are represented by an even sample of this size. */
const maxConsidered = 1_000;

/** An extractive summary: the sentences that TextRank puts first, in the order of the text. English. */
export const summarize = defineAction({
  name: "text.summarize",
  capability: "text",
  effects: "none",
  input: SummarizeInput,
  output: SummarizeOutput,
  run: ({ input }) => {
    const all = splitSentences(input.text);
    const considered = sample(candidatesOf(all));
    const scores = rankSentences(considered.map((sentence) => sentence.text));
    const chosen = considered
      .map(({ text, position }, index) => ({ text, position, score: round(scores[index] ?? 0) }))
      .sort((a, b) => b.score - a.score || a.position - b.position)
      .slice(0, input.sentences)
      .sort((a, b) => a.position - b.position);
    return {
      summary: chosen.map((sentence) => sentence.text).join(" "),
      sentences: chosen,
      totalSentences: all.length,
      consideredSentences: considered.length,
    };
  },
});

/** Prose, each sentence once: repeated boilerplate would vote for itself. A text without prose is taken as it is. */
function candidatesOf(sentences: readonly Sentence[]): readonly Sentence[] {
  const prose = sentences.filter((sentence) => sentence.isProse);
  const seen = new Set<string>();
  return (prose.length === 0 ? sentences : prose).filter(({ text }) => {
    const key = text.toLowerCase();
    return seen.has(key) ? false : seen.add(key);
  });
}

function sample(sentences: readonly Sentence[]): readonly Sentence[] {
  const step = sentences.length / maxConsidered;
  if (step <= 1) return sentences;
  return Array.from({ length: maxConsidered }, (_, index) => sentences[Math.floor(index * step)]).filter(
    (sentence) => sentence !== undefined,
  );
}

function round(score: number): number {
  return Math.round(score * 10_000) / 10_000;
}
