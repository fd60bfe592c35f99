import { isStopWord } from "./stop-words.js";
import { wordsOf } from "./words.js";

export interface Keyword {
  readonly term: string;
  readonly score: number;
  /** How often the term occurs. */
  readonly count: number;
}

/** Longer ones are rarely terms; the paper's own lists show them to be whole clauses. */
const maxPhraseWords = 3;
/** In texts of this many words a phrase that occurs once is chance rather than topic. */
const longTextWords = 200;

/**
 * Key phrases by RAKE: stop words and punctuation cut the text into phrases, a word scores its degree, which is the
 * number of words in all phrases it stands in, and a phrase the sum over its words. Of the paper's three word scores
 * this is the one that favors words which are frequent as well as well connected.
 * Stuart Rose, Dave Engel, Nick Cramer and Wendy Cowley, "Automatic Keyword Extraction from Individual Documents",
 * in "Text Mining: Applications and Theory", Wiley 2010.
 */
export function rakeKeywords(text: string): readonly Keyword[] {
  const phrases = candidatePhrases(text);
  const wordScores = scoreWords(phrases);
  const counts = new Map<string, number>();
  for (const phrase of phrases) counts.set(phrase.join(" "), (counts.get(phrase.join(" ")) ?? 0) + 1);
  return [...counts]
    .map(([term, count]) => ({ term, score: scoreOf(term, wordScores), count }))
    .sort((a, b) => b.score - a.score || b.count - a.count || (a.term < b.term ? -1 : 1));
}

/** The keywords worth showing: in a long text only what occurs at least twice, unless nothing does. */
export function recurring(keywords: readonly Keyword[], text: string): readonly Keyword[] {
  if (wordsOf(text).length < longTextWords) return keywords;
  const repeated = keywords.filter(({ count }) => count > 1);
  return repeated.length === 0 ? keywords : repeated;
}

function candidatePhrases(text: string): readonly (readonly string[])[] {
  const phrases: string[][] = [];
  for (const fragment of text.split(/[^\p{L}\p{N}\s'\u2019-]+|\n\s*\n|\s[-\u2013\u2014]+\s/u)) {
    let phrase: string[] = [];
    for (const word of [...wordsOf(fragment), ""]) {
      if (isTopical(word)) phrase.push(word);
      else {
        if (phrase.length > 0 && phrase.length <= maxPhraseWords) phrases.push(phrase);
        phrase = [];
      }
    }
  }
  return phrases;
}

function isTopical(word: string): boolean {
  return word.length > 2 && !isStopWord(word) && !/^[\d-]+/.test(word);
}

function scoreWords(phrases: readonly (readonly string[])[]): ReadonlyMap<string, number> {
  const degrees = new Map<string, number>();
  for (const phrase of phrases) {
    for (const word of phrase) degrees.set(word, (degrees.get(word) ?? 0) + phrase.length);
  }
  return degrees;
}

function scoreOf(term: string, wordScores: ReadonlyMap<string, number>): number {
  return term.split(" ").reduce((sum, word) => sum + (wordScores.get(word) ?? 0), 0);
}
