/**
 * The index after the string literal whose opening quote is at `start`, or the text's length if it is unterminated.
 * A backslash escapes the next character even in raw strings, because cel-js reads them that way.
 */
export function stringLiteralEnd(text: string, start: number): number {
  const quote = text.charAt(start);
  const triple = quote.repeat(3);
  const delimiter = text.startsWith(triple, start) ? triple : quote;
  let at = start + delimiter.length;
  while (at < text.length) {
    if (text.startsWith(delimiter, at)) return at + delimiter.length;
    at += text.charAt(at) === "\\" ? 2 : 1;
  }
  return text.length;
}

export function isQuote(character: string): boolean {
  return character === '"' || character === "'";
}
