import { isQuote, stringLiteralEnd } from "./cel/cel-text.js";
import { ExpressionError } from "./expression-error.js";

/** A part of a string: literal text, or the CEL between `{{` and `}}` with its offset. */
export type TemplatePart =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "cel"; readonly text: string; readonly offset: number };

/** Splits a string into its parts. Braces and strings in CEL are respected: `{{ {"a": "}}"} }}` is one part. */
export function splitTemplate(source: string): readonly TemplatePart[] {
  const parts: TemplatePart[] = [];
  let at = 0;
  while (at < source.length) {
    const open = source.indexOf("{{", at);
    if (open < 0) return [...parts, { kind: "text", text: source.slice(at) }];
    if (open > at) parts.push({ kind: "text", text: source.slice(at, open) });
    const close = closingBraces(source, open + 2);
    if (close === null) throw new ExpressionError("this {{ has no closing }}", { source, offset: open });
    parts.push({ kind: "cel", text: source.slice(open + 2, close), offset: open + 2 });
    at = close + 2;
  }
  return parts;
}

/** The CEL of a bare CEL key: the text itself, or the inside of its only template (`{{ input.n > 2 }}`). */
export function bareCel(source: string): { readonly text: string; readonly offset: number } {
  const start = source.length - source.trimStart().length;
  if (!source.startsWith("{{", start)) return { text: source, offset: 0 };
  const close = closingBraces(source, start + 2);
  if (close === null || source.slice(close + 2).trim() !== "") return { text: source, offset: 0 };
  return { text: source.slice(start + 2, close), offset: start + 2 };
}

function closingBraces(source: string, start: number): number | null {
  let depth = 0;
  let at = start;
  while (at < source.length) {
    const character = source.charAt(at);
    if (isQuote(character)) {
      at = stringLiteralEnd(source, at);
      continue;
    }
    if (character === "}" && depth === 0) return source.charAt(at + 1) === "}" ? at : null;
    if (character === "{") depth += 1;
    if (character === "}") depth -= 1;
    at += 1;
  }
  return null;
}
