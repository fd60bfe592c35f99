export interface Sentence {
  readonly text: string;
  /** Its place among the sentences of the text, from 0. */
  readonly position: number;
  /** False for headings, labels, and table cells. */
  readonly isProse: boolean;
}

/** Longer ones are tables or lists without full stops; cutting them keeps what works a sentence at a time fast. */
const maxSentenceLength = 1_500;
/** The segmenter's time grows with the square of what it is given at once: four seconds for 180 KB. */
const maxParagraphLength = 10_000;
const minProseWords = 4;

/** Splits English text into sentences, paragraph by paragraph: a blank line always ends one, a line break never does. */
export function splitSentences(text: string): readonly Sentence[] {
  const sentences = text
    .replace(/[\u2018\u2019]/g, "'")
    .split(/\n\s*\n/)
    .flatMap((paragraph) => cut(paragraph.replace(/\s+/g, " ").trim(), maxParagraphLength))
    .flatMap(sentencesOf);
  return sentences.map((sentence, position) => ({ text: sentence, position, isProse: isProse(sentence) }));
}

const segmenter = new Intl.Segmenter("en", { granularity: "sentence" });

function sentencesOf(paragraph: string): readonly string[] {
  const sentences: string[] = [];
  let open = "";
  for (const { segment } of segmenter.segment(paragraph)) {
    open += segment;
    if (open.length < maxSentenceLength && abbreviation.test(open.slice(-longestAbbreviation))) continue;
    sentences.push(open);
    open = "";
  }
  sentences.push(open);
  return sentences.flatMap((sentence) => cut(sentence.trim(), maxSentenceLength)).filter((sentence) => sentence !== "");
}

/** With the spaces around it; searching whole sentences again for each of their stops takes seconds. */
const longestAbbreviation = 16;
/** The segmenter takes the stop of a title or an initial for the end of a sentence. */
const abbreviation =
  /(?:^|[\s(])(?:Mr|Mrs|Ms|Dr|Prof|St|Sr|Jr|Gen|Col|Capt|Lt|vs|No|Fig|e\.g|i\.e|cf|ca|approx|[A-Z])\.\s*$/;

/** Pieces of at most `maxLength`, cut after a sentence if that can be, else between words, else anywhere. */
function cut(text: string, maxLength: number): readonly string[] {
  const pieces: string[] = [];
  let rest = text;
  while (rest.length > maxLength) {
    const stop = rest.lastIndexOf(". ", maxLength - 1) + 1;
    const end = stop || Math.max(rest.lastIndexOf(" ", maxLength), 0) || maxLength;
    pieces.push(rest.slice(0, end));
    rest = rest.slice(end).trimStart();
  }
  return [...pieces, rest];
}

function isProse(sentence: string): boolean {
  return /[.!?\u2026]["')\]\u201d]*$/.test(sentence) && sentence.split(" ").length >= minProseWords;
}
