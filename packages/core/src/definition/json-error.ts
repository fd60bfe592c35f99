/** What is wrong with a JSON text, and where, counted from 0. */
export interface JsonError {
  readonly message: string;
  readonly offset: number;
}

/** Null where the text is JSON. */
export function findJsonError(text: string): JsonError | null {
  const message = messageOf(text);
  if (message === null) return null;
  return { message, offset: positionIn(message) ?? firstWrong(text) };
}

/** V8 leaves the position out of some messages; but a text cut off before its mistake fails at its end only. */
function firstWrong(text: string): number {
  let right = 0;
  let wrong = text.length;
  if (isCutOff(text)) return wrong;
  while (wrong - right > 1) {
    const middle = Math.floor((right + wrong) / 2);
    if (isCutOff(text.slice(0, middle))) right = middle;
    else wrong = middle;
  }
  return right;
}

function isCutOff(text: string): boolean {
  const message = messageOf(text);
  if (message === null || /end of JSON input|Unterminated string/.test(message)) return true;
  return positionIn(message) === text.length;
}

function positionIn(message: string): number | null {
  const digits = /at position (\d+)/.exec(message)?.[1];
  return digits === undefined ? null : Number(digits);
}

function messageOf(text: string): string | null {
  try {
    JSON.parse(text);
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
