import { isQuote, stringLiteralEnd } from "./cel/cel-text.js";
import { ExpressionError } from "./expression-error.js";
import { expressionLimits } from "./expression-limits.js";

/**
 * `extract_*.result`: the `result` of every visible step whose id begins with `extract_`, as a list.
 * @example replaceWildcards("size(extract_*.result)")
 * // text: "size(_w0             )", wildcards: [{ name: "_w0", prefix: "extract_", field: "result", offset: 5 }]
 */
export interface Wildcard {
  /** The variable that replaces it in the CEL text, padded to the same length so that error positions stay correct. */
  readonly name: string;
  readonly prefix: string;
  readonly field: string;
  readonly offset: number;
}

/** An identifier followed by `*.name`. */
const WILDCARD = /([A-Za-z_][A-Za-z0-9_]*)\*\.([A-Za-z_][A-Za-z0-9_]*)/y;
const IDENTIFIER = /[A-Za-z_][A-Za-z0-9_]*/y;

/** Replaces each wildcard outside of strings with a variable. */
export function replaceWildcards(source: string): { readonly text: string; readonly wildcards: readonly Wildcard[] } {
  if (!source.includes("*.")) return { text: source, wildcards: [] };
  const wildcards: Wildcard[] = [];
  const stem = unusedStem(source);
  let text = "";
  for (let at = 0; at < source.length; ) {
    const wildcard = isWord(source, at) ? matchAt(WILDCARD, source, at) : null;
    const end = wildcard === null ? tokenEnd(source, at) : at + wildcard[0].length;
    if (wildcard === null) text += source.slice(at, end);
    else {
      const name = `${stem}${wildcards.length}`;
      wildcards.push({ name, prefix: wildcard[1] ?? "", field: wildcard[2] ?? "", offset: at });
      text += name.padEnd(wildcard[0].length);
    }
    at = end;
  }
  if (wildcards.length > expressionLimits.maxWildcards)
    throw new ExpressionError(`more than ${expressionLimits.maxWildcards} wildcards`, {
      source,
      offset: 0,
      type: "limit",
    });
  return { text, wildcards };
}

/** The shortest wildcard, `a*.b`, has four characters, so a two-character stem and an index below 100 always fit. */
function unusedStem(source: string): string {
  const stem = ["_w", "_v", "_u", "_t"].find((candidate) => !source.includes(candidate));
  if (stem !== undefined) return stem;
  throw new ExpressionError("names that begin with _w, _v, _u, and _t cannot all be used together with a wildcard", {
    source,
    offset: 0,
  });
}

function tokenEnd(source: string, at: number): number {
  if (isQuote(source.charAt(at))) return stringLiteralEnd(source, at);
  return at + (matchAt(IDENTIFIER, source, at)?.[0].length ?? 1);
}

/** A name after a dot is a field, not a step. */
function isWord(source: string, at: number): boolean {
  return source.charAt(at - 1) !== ".";
}

function matchAt(pattern: RegExp, source: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at;
  return pattern.exec(source);
}
