import path from "node:path";
import { documentError, type SourceDocument } from "./extracted.js";

export const formats = ["pdf", "html", "docx", "markdown", "text"] as const;
export type Format = (typeof formats)[number];

/** Finds the format: by the content where that is certain, else by the server's word, else by the name. */
export function detectFormat(source: SourceDocument): Format {
  const head = Buffer.from(source.bytes.subarray(0, 1024)).toString("latin1");
  if (head.includes("%PDF-")) return "pdf";
  if (head.startsWith("PK\u0003\u0004")) return zipFormat(source);
  if (head.startsWith("\u00d0\u00cf\u0011\u00e0"))
    throw unsupported(source, "it is a legacy binary Office file; save it as .docx");
  return claimedFormat(source, head) ?? guessText(source, head);
}

function zipFormat(source: SourceDocument): Format {
  if (Buffer.from(source.bytes).includes("word/document.xml")) return "docx";
  throw unsupported(source, "it is a ZIP archive, but not a Word document");
}

function claimedFormat(source: SourceDocument, head: string): Format | undefined {
  const claimed = formatByType(source.contentType) ?? formatByExtension[path.extname(source.name).toLowerCase()];
  if (claimed === "pdf" || claimed === "docx") {
    throw documentError(
      "corrupt_document",
      `${source.name} is declared as ${claimed.toUpperCase()}, but its content is not ${claimed.toUpperCase()}`,
    );
  }
  if (claimed !== undefined && isBinary(head)) throw unsupported(source, "its content is binary");
  return claimed;
}

const formatByExtension: Readonly<Record<string, Format>> = {
  ".pdf": "pdf",
  ".docx": "docx",
  ".html": "html",
  ".htm": "html",
  ".xhtml": "html",
  ".md": "markdown",
  ".markdown": "markdown",
  ".txt": "text",
  ".text": "text",
  ".csv": "text",
};

function formatByType(contentType: string | undefined): Format | undefined {
  const type = contentType?.split(";")[0]?.trim().toLowerCase();
  if (type === "application/pdf") return "pdf";
  if (type === "text/html" || type === "application/xhtml+xml") return "html";
  if (type === "text/markdown") return "markdown";
  // "text/plain" is what servers say of anything they don't know: the name may know better.
  return undefined;
}

function guessText(source: SourceDocument, head: string): Format {
  if (/^\s*(?:\ufeff|\u00ef\u00bb\u00bf)?\s*<(?:!doctype html|html)/i.test(head)) return "html";
  if (isBinary(head)) throw unsupported(source, "its content is binary");
  return "text";
}

/** Text has no zero bytes, unless it is UTF-16, which says so in its first two. */
function isBinary(head: string): boolean {
  return head.includes("\0") && !/^(?:\u00ff\u00fe|\u00fe\u00ff)/.test(head);
}

function unsupported(source: SourceDocument, reason: string): Error {
  const known = "PDF, HTML, DOCX, Markdown, and plain text";
  return documentError("unsupported_format", `${source.name} cannot be read: ${reason}. Supported formats: ${known}`);
}
