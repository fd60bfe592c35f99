/**
 * Text of others with nothing in it that a terminal obeys: a result or a message may hold escape sequences that move the
 * cursor or set the window's title. Line breaks and tabs stay.
 */
export function visibleText(text: string): string {
  return text.replace(/[^\P{Cc}\n\t]/gu, "\u{fffd}");
}

/** The same on one line. */
export function oneLine(text: string): string {
  return visibleText(text).replace(/\s+/g, " ").trim();
}
