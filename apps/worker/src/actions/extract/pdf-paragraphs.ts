/** A line on a page; `y` grows upwards. */
export interface PdfLine {
  readonly text: string;
  readonly y: number;
  readonly height: number;
}

/** Puts the lines of all pages together to paragraphs, without the lines that only number or head the pages. */
export function joinParagraphs(pages: readonly (readonly PdfLine[])[]): string {
  const words = knownWords(pages);
  const paragraphs: string[][] = [];
  for (const lines of withoutRunningLines(pages)) {
    const leading = usualGap(lines);
    lines.forEach((line, index) => {
      const previous = lines[index - 1];
      const open = paragraphs.at(-1);
      const goesOn =
        previous === undefined ? continuesPage(open?.at(-1), line) : continuesLine(previous, line, leading);
      if (open === undefined || !goesOn) paragraphs.push([line.text]);
      else appendLine(open, line.text, words);
    });
  }
  return paragraphs.map((pieces) => pieces.join("")).join("\n\n");
}

function continuesLine(previous: PdfLine, line: PdfLine, leading: number): boolean {
  const gap = previous.y - line.y;
  const sameSize = Math.abs(previous.height - line.height) <= 0.1 * previous.height;
  return sameSize && gap > 0 && gap <= 1.25 * leading;
}

/** A sentence that a page break has cut in two. */
function continuesPage(lastLine: string | undefined, line: PdfLine): boolean {
  return lastLine !== undefined && !/[.!?:]["')\]\u201d]?$/.test(lastLine.slice(-2)) && /^\p{Ll}/u.test(line.text);
}

/** The gap within paragraphs: the most common one, since the gaps between them vary. */
function usualGap(lines: readonly PdfLine[]): number {
  const counts = new Map<number, number>();
  for (let index = 1; index < lines.length; index += 1) {
    const gap = Math.round(((lines[index - 1]?.y ?? 0) - (lines[index]?.y ?? 0)) * 2) / 2;
    if (gap > 0) counts.set(gap, (counts.get(gap) ?? 0) + 1);
  }
  return [...counts].sort((a, b) => b[1] - a[1] || a[0] - b[0])[0]?.[0] ?? 0;
}

/** Joins at a hyphen without a gap, and drops it when the document has the word elsewhere in one piece. */
function appendLine(pieces: string[], next: string, words: ReadonlySet<string>): void {
  const last = pieces.at(-1) ?? "";
  const head = /(?<!\p{L})\p{L}+(?=-$)/u.exec(last.slice(-longestWord))?.[0];
  const tail = /^\p{Ll}+/u.exec(next)?.[0];
  if (head === undefined || tail === undefined) {
    pieces.push(` ${next}`);
    return;
  }
  if (words.has((head + tail).toLowerCase())) pieces[pieces.length - 1] = last.slice(0, -1);
  pieces.push(next);
}

const longestWord = 60;

function knownWords(pages: readonly (readonly PdfLine[])[]): ReadonlySet<string> {
  return new Set(pages.flat().flatMap((line) => line.text.toLowerCase().match(/\p{L}+/gu) ?? []));
}

function withoutRunningLines(pages: readonly (readonly PdfLine[])[]): readonly (readonly PdfLine[])[] {
  const edges = pages.flatMap((lines) => [...new Set(edgesOf(lines).map(shapeOf))]);
  const isRunning = (line: PdfLine): boolean => {
    const shape = shapeOf(line);
    const pagesWithIt = edges.filter((edge) => edge === shape).length;
    return /^[^\w#]*#[^\w#]*$/.test(shape) || (pages.length > 2 && pagesWithIt > pages.length / 2);
  };
  return pages.map((lines) => {
    const running = new Set(edgesOf(lines).filter(isRunning));
    return lines.filter((line) => !running.has(line));
  });
}

/** By place, not by order: many writers put headers and footers at the end of a page's content. */
function edgesOf(lines: readonly PdfLine[]): readonly PdfLine[] {
  const byHeight = lines.toSorted((a, b) => b.y - a.y);
  return [byHeight[0], byHeight.at(-1)].filter((line) => line !== undefined);
}

function shapeOf(line: PdfLine): string {
  return line.text.replace(/\d+/g, "#");
}
