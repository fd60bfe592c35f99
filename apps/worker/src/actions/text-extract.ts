import { type Action, type ActionContext, ActionError, defineAction } from "@batonrun/core/actions";
import { z } from "zod";
import { createDocumentSource } from "./extract/document-source.js";
import { extractDocx } from "./extract/docx.js";
import { documentError, type Extracted, type SourceDocument } from "./extract/extracted.js";
import { detectFormat, type Format, formats } from "./extract/format.js";
import { extractHtml } from "./extract/html.js";
import { extractMarkdown } from "./extract/markdown.js";
import { extractPdf } from "./extract/pdf.js";
import { extractPlainText } from "./extract/plain-text.js";
import type { GuardOptions } from "./http/guarded-agent.js";
import { createGuardedFetch } from "./http/guarded-fetch.js";

export interface TextExtractOptions extends GuardOptions {
  /** The directories whose files may be read; a relative path is looked for in each in turn. */
  readonly roots: readonly string[];
}

const ExtractInput = z.strictObject({
  document: z.string().min(1),
  format: z.enum(formats).optional(),
  truncate: z.boolean().default(false),
});

const ExtractOutput = z.object({
  text: z.string(),
  title: z.string(),
  format: z.enum(formats),
  pages: z.number(),
  characters: z.number(),
  truncated: z.boolean(),
});

/** A step's result may have 1 MB as JSON; the other fields need a little of it. */
const maxTextBytes = 990_000;

/** The text of a PDF, HTML, DOCX, Markdown or plain text document, by path or URL. */
export function textExtract(options: TextExtractOptions): Action {
  const source = createDocumentSource(createGuardedFetch(options), options.roots);
  return defineAction({
    name: "text.extract",
    capability: "text",
    effects: "none",
    input: ExtractInput,
    output: ExtractOutput,
    run: async (context) => {
      const document = await source.read(context.input.document, context.signal);
      const format = context.input.format ?? detectFormat(document);
      const extracted = await extract(format, document, context);
      const text = wellFormed(extracted.text);
      if (text === "") throw emptyDocument(document.name, format);
      const kept = context.input.truncate ? truncate(text) : refuseTooLong(text, document.name);
      return {
        text: kept,
        title: extracted.title ?? document.name,
        format,
        pages: extracted.pages,
        characters: text.length,
        truncated: kept.length < text.length,
      };
    },
  });
}

async function extract(format: Format, source: SourceDocument, context: ActionContext<unknown>): Promise<Extracted> {
  try {
    switch (format) {
      case "pdf":
        return await extractPdf(source, context);
      case "html":
        return extractHtml(source);
      case "docx":
        return await extractDocx(source);
      case "markdown":
        return extractMarkdown(source);
      case "text":
        return extractPlainText(source);
    }
  } catch (error) {
    if (error instanceof ActionError || context.signal.aborted) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw documentError("corrupt_document", `${source.name} cannot be parsed as ${format}: ${reason}`, error);
  }
}

/** Control characters and halves of characters survive no journey through JSON and a terminal. */
function wellFormed(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is taken out.
  return Buffer.from(text.replace(/[\u0000-\u0008\u000b-\u001f\u007f]/g, ""))
    .toString()
    .trim();
}

function emptyDocument(name: string, format: Format): ActionError {
  const hint = format === "pdf" ? "; run text recognition (OCR) on scanned pages first" : "";
  return documentError("empty_document", `${name} has no text${hint}`);
}

function refuseTooLong(text: string, name: string): string {
  const bytes = jsonBytes(text);
  if (bytes <= maxTextBytes) return text;
  throw documentError(
    "limit",
    `the text of ${name} has ${bytes} bytes; the limit is ${maxTextBytes}. Set truncate: true to keep only the beginning`,
  );
}

/** Cuts between words, at the longest length that fits. */
function truncate(text: string): string {
  let kept = text;
  while (jsonBytes(kept) > maxTextBytes) {
    kept = kept.slice(0, Math.floor((kept.length * maxTextBytes) / jsonBytes(kept)) - 1);
  }
  if (kept === text) return text;
  return kept.slice(0, Math.max(kept.lastIndexOf(" "), kept.lastIndexOf("\n"), 1)).trimEnd();
}

function jsonBytes(text: string): number {
  return Buffer.byteLength(JSON.stringify(text));
}
