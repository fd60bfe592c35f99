import { isStopWord } from "./stop-words.js";

/** The words of a text in lower case; contractions and hyphenated words stay whole. */
export function wordsOf(text: string): readonly string[] {
  return (
    text
      .toLowerCase()
      .replace(/[\u2018\u2019]/g, "'")
      .match(/[\p{L}\p{N}]+(?:['-][\p{L}\p{N}]+)*/gu) ?? []
  );
}

/** The words that carry meaning, with the ending of a plain plural taken off, so that `cable` and `cables` meet. */
export function contentWordsOf(text: string): readonly string[] {
  return wordsOf(text)
    .filter((word) => word.length > 1 && !isStopWord(word) && !/^\d/.test(word))
    .map(singular);
}

function singular(word: string): string {
  if (word.endsWith("'s")) return word.slice(0, -2);
  if (word.length > 4 && word.endsWith("ies")) return `${word.slice(0, -3)}y`;
  return word.length > 3 && /[^sui]s$/.test(word) ? word.slice(0, -1) : word;
}
