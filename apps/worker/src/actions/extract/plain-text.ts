import { decodeText } from "./decode-text.js";
import type { Extracted, SourceDocument } from "./extracted.js";

export function extractPlainText(source: SourceDocument): Extracted {
  return { text: decodeText(source).replace(/\r\n?/g, "\n"), pages: 1 };
}
