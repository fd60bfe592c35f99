/**
 * The index behind the string literal that begins at `start` (at its quote), or the text's length where it is not
 * closed. A backslash takes the next character with it, in raw strings too: that is how cel-js reads them.
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
