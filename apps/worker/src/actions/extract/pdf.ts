import { getDocumentProxy } from "unpdf";
import { documentError, type Extracted, type SourceDocument } from "./extracted.js";
import { joinParagraphs, type PdfLine } from "./pdf-paragraphs.js";

const maxPages = 2_000;

export interface PdfWatch {
  readonly signal: AbortSignal;
  readonly progress: (fraction: number) => void;
}

/** The text of a PDF, page by page; scanned pages have none. */
export async function extractPdf(source: SourceDocument, watch: PdfWatch): Promise<Extracted> {
  const pdf = await open(source);
  try {
    if (pdf.numPages > maxPages) {
      throw documentError("limit", `${source.name} has ${pdf.numPages} pages; the limit is ${maxPages}`);
    }
    const pages: (readonly PdfLine[])[] = [];
    for (let number = 1; number <= pdf.numPages; number += 1) {
      watch.signal.throwIfAborted();
      const content = await (await pdf.getPage(number)).getTextContent();
      pages.push(linesOf(content.items));
      watch.progress(number / pdf.numPages);
    }
    return { text: joinParagraphs(pages), pages: pdf.numPages, title: titleOf(await pdf.getMetadata()) };
  } finally {
    await pdf.loadingTask.destroy();
  }
}

async function open(source: SourceDocument): ReturnType<typeof getDocumentProxy> {
  try {
    // pdf.js takes the bytes over for good, so it gets its own.
    return await getDocumentProxy(new Uint8Array(source.bytes), { verbosity: 0 });
  } catch (error) {
    const isLocked = error instanceof Error && error.name === "PasswordException";
    if (isLocked) throw documentError("encrypted_document", `${source.name} is protected by a password`, error);
    throw documentError("corrupt_document", `${source.name} is not a readable PDF`, error);
  }
}

interface PdfItem {
  readonly str: string;
  readonly transform: readonly number[];
  readonly height: number;
  readonly hasEOL: boolean;
}

function linesOf(items: readonly object[]): readonly PdfLine[] {
  const lines: PdfLine[] = [];
  let open: PdfLine | undefined;
  for (const item of items) {
    if (!isTextItem(item)) continue;
    const y = item.transform[5] ?? 0;
    const moved = open !== undefined && item.str.trim() !== "" && Math.abs(y - open.y) > open.height / 2;
    if (open !== undefined && moved) {
      lines.push(open);
      open = undefined;
    }
    open = { text: (open?.text ?? "") + item.str, y: open?.y ?? y, height: Math.max(open?.height ?? 0, item.height) };
    if (!item.hasEOL) continue;
    lines.push(open);
    open = undefined;
  }
  if (open !== undefined) lines.push(open);
  return lines
    .map((line) => ({ ...line, text: line.text.replace(/\s+/g, " ").trim() }))
    .filter((line) => line.text !== "");
}

/** Beside text, pages hold marks of their structure. */
function isTextItem(item: object): item is PdfItem {
  return "str" in item;
}

function titleOf(metadata: { readonly info: object }): string | undefined {
  const title = "Title" in metadata.info ? metadata.info.Title : undefined;
  return typeof title === "string" && title.trim() !== "" ? title.trim() : undefined;
}
