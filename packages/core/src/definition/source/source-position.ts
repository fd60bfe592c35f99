import { pathOf } from "@batonrun/node/json";
import { type Document, isAlias, isMap, isScalar, isSeq, type LineCounter, type Node, type Pair } from "yaml";

/** A position in a text. Both numbers are one-based. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** What to locate: the value at `pointer`, its key, or an offset inside it if it is a string. */
export interface Place {
  readonly pointer: string;
  readonly key?: boolean;
  readonly inside?: { readonly source: string; readonly offset: number };
}

/** Finds positions in a parsed text. Something missing is located at the value that should contain it. */
export class SourcePositions {
  readonly #document: Document.Parsed;
  readonly #lines: LineCounter;
  readonly #text: string;

  constructor(document: Document.Parsed, lines: LineCounter, text: string) {
    this.#document = document;
    this.#lines = lines;
    this.#text = text;
  }

  find({ pointer, key = false, inside }: Place): Position {
    const { key: keyNode, value } = this.#follow(pathOf(pointer));
    const node = key ? (keyNode ?? value) : (value ?? keyNode);
    const start = node?.range?.[0] ?? 0;
    return this.at(inside === undefined || node === null ? start : this.#insideOf(node, inside));
  }

  at(offset: number): Position {
    const { line, col } = this.#lines.linePos(offset);
    return { line: Math.max(line, 1), column: Math.max(col, 1) };
  }

  /** Exact if the text contains the string verbatim. If it is folded or escaped, this is its beginning. */
  #insideOf(node: Node, { source, offset }: { readonly source: string; readonly offset: number }): number {
    const [start, end] = node.range ?? [0, 0];
    const verbatim = source === "" ? -1 : this.#text.slice(start, end).indexOf(source.trimEnd());
    return verbatim < 0 ? start : start + verbatim + Math.min(offset, source.trimEnd().length);
  }

  #follow(path: readonly string[]): { readonly key: Node | null; readonly value: Node | null } {
    let key: Node | null = null;
    let value: Node | null = this.#document.contents;
    for (const segment of path) {
      const container: Node | null = isAlias(value) ? (value.resolve(this.#document) ?? null) : value;
      const pair = isMap(container) ? container.items.find((item) => keyText(item) === segment) : undefined;
      const item: unknown = isSeq(container) ? container.items[Number(segment)] : pair?.value;
      if (pair === undefined && item === undefined) return { key, value };
      key = asNode(pair?.key);
      value = asNode(item) ?? key;
    }
    return { key, value };
  }
}

/** The text of a pair's key, as it appears in the parsed map. */
export function keyText(pair: Pair): string {
  return isScalar(pair.key) ? String(pair.key.value) : String(pair.key);
}

function asNode(item: unknown): Node | null {
  return isScalar(item) || isMap(item) || isSeq(item) || isAlias(item) ? item : null;
}
