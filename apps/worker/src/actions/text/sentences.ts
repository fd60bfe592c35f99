export interface Sentence {
  readonly text: string;
  /** Its place among the sentences of the text, from 0. */
  readonly position: number;
  /** Whether it stands as a sentence does: headings, labels and cells of tables do not. */
  readonly isProse: boolean;
}

/** Longer ones are tables or lists without full stops; cutting them keeps what works a sentence at a time fast. */
const maxSentenceLength = 1_500;
const minProseWords = 4;

/** Splits English text into sentences, paragraph by paragraph: a blank line always ends one, a line break never does. */
export function splitSentences(text: string): readonly Sentence[] {
  const sentences = text
    .replace(/[\u2018\u2019]/g, "'")
    .split(/\n\s*\n/)
    .flatMap((paragraph) => sentencesOf(paragraph.replace(/\s+/g, " ").trim()));
  return sentences.map((sentence, position) => ({ text: sentence, position, isProse: isProse(sentence) }));
}

const segmenter = new Intl.Segmenter("en", { granularity: "sentence" });

function sentencesOf(paragraph: string): readonly string[] {
  const sentences: string[] = [];
  let open = "";
  for (const { segment } of segmenter.segment(paragraph)) {
    open += segment;
    if (abbreviation.test(open)) continue;
    sentences.push(open);
    open = "";
  }
  sentences.push(open);
  return sentences.flatMap((sentence) => cut(sentence.trim())).filter((sentence) => sentence !== "");
}

/** The segmenter takes the stop of a title or an initial for the end of a sentence. */
const abbreviation =
  /(?:^|[\s(])(?:Mr|Mrs|Ms|Dr|Prof|St|Sr|Jr|Gen|Col|Capt|Lt|vs|No|Fig|e\.g|i\.e|cf|ca|approx|[A-Z])\.\s*$/;

function cut(sentence: string): readonly string[] {
  const pieces: string[] = [];
  let rest = sentence;
  while (rest.length > maxSentenceLength) {
    const space = rest.lastIndexOf(" ", maxSentenceLength);
    const end = space > 0 ? space : maxSentenceLength;
    pieces.push(rest.slice(0, end));
    rest = rest.slice(end).trimStart();
  }
  return [...pieces, rest];
}

function isProse(sentence: string): boolean {
  return /[.!?\u2026]["')\]\u201d]*$/.test(sentence) && sentence.split(" ").length >= minProseWords;
}
