/** A syntax error in JSON text. `offset` is a zero-based index. */
export interface JsonError {
  readonly message: string;
  readonly offset: number;
}

/** Returns null if the text is valid JSON. */
export function findJsonError(text: string): JsonError | null {
  const message = messageOf(text);
  if (message === null) return null;
  return { message, offset: positionIn(message) ?? firstWrong(text) };
}

/** Bisects when V8's message has no position: a text cut off before its mistake fails only at its end. */
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
