import { marked } from "marked";
import { decodeText } from "./decode-text.js";
import type { Extracted, SourceDocument } from "./extracted.js";
import { fragmentText } from "./html.js";

export function extractMarkdown(source: SourceDocument): Extracted {
  const body = decodeText(source).replace(/^---\r?\n[\s\S]*?\r?\n---\r?\n/, "");
  return { ...fragmentText(marked.parse(body, { async: false })), pages: 1 };
}
