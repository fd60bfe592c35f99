/** The value of a JSON text; undefined, which no JSON text gives, when it is not JSON. For texts whose error nobody reads. */
export function tryParseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
