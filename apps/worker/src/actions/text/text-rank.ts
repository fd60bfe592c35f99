import { contentWordsOf } from "./words.js";

/**
 * Scores sentences by how much of what the others say each one says: the sentence ranking of TextRank.
 * Rada Mihalcea and Paul Tarau, "TextRank: Bringing Order into Texts", EMNLP 2004, sections 2 and 4.
 * Time and memory grow with the square of the number of sentences: bound it before.
 */
export function rankSentences(sentences: readonly string[]): readonly number[] {
  const similarity = similarityMatrix(sentences.map((sentence) => new Set(contentWordsOf(sentence))));
  return iterate(similarity, sentences.length);
}

/** The paper's damping factor and threshold of convergence. */
const damping = 0.85;
const threshold = 0.0001;
const maxIterations = 100;

/** Shared words over the logarithms of both lengths (equation in section 4), row after row. */
function similarityMatrix(words: readonly ReadonlySet<string>[]): Float64Array {
  const size = words.length;
  const matrix = new Float64Array(size * size);
  for (const holders of sentencesByWord(words).values()) {
    for (const a of holders) for (const b of holders) add(matrix, a * size + b, a === b ? 0 : 1);
  }
  const logs = words.map((set) => Math.log(Math.max(set.size, 1)));
  for (let cell = 0; cell < matrix.length; cell += 1) {
    const overlap = matrix[cell] ?? 0;
    if (overlap === 0) continue;
    // Two sentences of one word each would divide by zero.
    const lengths = Math.max((logs[Math.floor(cell / size)] ?? 0) + (logs[cell % size] ?? 0), 1);
    matrix[cell] = overlap / lengths;
  }
  return matrix;
}

function add(matrix: Float64Array, cell: number, amount: number): void {
  matrix[cell] = (matrix[cell] ?? 0) + amount;
}

function sentencesByWord(words: readonly ReadonlySet<string>[]): ReadonlyMap<string, readonly number[]> {
  const holders = new Map<string, number[]>();
  words.forEach((set, sentence) => {
    for (const word of set) {
      const known = holders.get(word);
      if (known === undefined) holders.set(word, [sentence]);
      else known.push(sentence);
    }
  });
  return holders;
}

function iterate(matrix: Float64Array, size: number): readonly number[] {
  const totals = rowSums(matrix, size);
  let scores = new Float64Array(size).fill(1);
  for (let round = 0; round < maxIterations; round += 1) {
    const next = passOn(matrix, totals, scores);
    const change = next.reduce((most, score, index) => Math.max(most, Math.abs(score - (scores[index] ?? 0))), 0);
    scores = next;
    if (change < threshold) break;
  }
  return [...scores];
}

function rowSums(matrix: Float64Array, size: number): Float64Array {
  const sums = new Float64Array(size);
  for (let row = 0; row < size; row += 1) {
    sums[row] = matrix.subarray(row * size, (row + 1) * size).reduce((sum, value) => sum + value, 0);
  }
  return sums;
}

/** One round of equation 2: each sentence hands its score on to the ones it resembles, by weight. */
function passOn(matrix: Float64Array, totals: Float64Array, scores: Float64Array): Float64Array<ArrayBuffer> {
  const size = scores.length;
  const next = new Float64Array(size).fill(1 - damping);
  for (let from = 0; from < size; from += 1) {
    const total = totals[from] ?? 0;
    if (total === 0) continue;
    const share = (damping * (scores[from] ?? 0)) / total;
    for (let to = 0; to < size; to += 1) add(next, to, share * (matrix[from * size + to] ?? 0));
  }
  return next;
}
