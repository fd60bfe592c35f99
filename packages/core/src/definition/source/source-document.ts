import type { Problem, ProblemCode } from "@batonrun/contract";
import { pointerOf } from "@batonrun/node/json";
import {
  Composer,
  CST,
  type Document,
  isAlias,
  isCollection,
  isNode,
  isPair,
  LineCounter,
  type Node,
  Parser,
  YAMLParseError,
} from "yaml";
import { checkJson, type SizeLimits, tooDeep } from "../json-limits.js";
import { findJsonError } from "./json-error.js";
import { keyText, type Place, type Position, SourcePositions } from "./source-position.js";

export type SourceFormat = "yaml" | "json" | "auto";

/** Text as plain JSON, or the problems that prevent it. */
export interface SourceDocument {
  /** Undefined if nothing else may read the value. */
  readonly value: unknown;
  readonly problems: readonly Problem[];
  /** Returns null if the source was not text. */
  locate(place: Place): Position | null;
}

/** Aliases of one anchor, including those inside it: enough to share a `retry`, too few for an alias bomb. */
const MAX_ALIAS_COUNT = 100;

/** Reads text, or accepts an already parsed value. Nothing recurses before size and depth are checked. */
export function readSource(
  source: unknown,
  { format, limits }: { readonly format: SourceFormat; readonly limits: SizeLimits },
): SourceDocument {
  if (typeof source !== "string") return checked(source, limits, () => null);
  const bytes = Buffer.byteLength(source);
  if (bytes > limits.maxBytes)
    return refused("too_large", `the text has ${bytes} bytes; the limit is ${limits.maxBytes}`);
  const lines = new LineCounter();
  const tokens = [...new Parser(lines.addNewLine).parse(source)];
  if (textDepth(tokens) > limits.maxDepth * 2)
    return { value: undefined, problems: [tooDeep("", limits)], locate: () => null };
  const document = composeDocument(tokens, source);
  return readText({ text: source, document, positions: new SourcePositions(document, lines, source) }, format, limits);
}

interface ParsedText {
  readonly text: string;
  readonly document: Document.Parsed;
  readonly positions: SourcePositions;
}

function readText({ text, document, positions }: ParsedText, format: SourceFormat, limits: SizeLimits): SourceDocument {
  const json = isJsonText(text, format);
  const syntax = json ? jsonProblems(text, positions) : yamlProblems(document, positions);
  const locate = (place: Place): Position => positions.find(place);
  if (syntax.length > 0) return { value: undefined, problems: syntax, locate };
  const duplicates = duplicateKeys(document.contents).map((found) => duplicateProblem(found, positions));
  const read = toValue(text, json, document);
  if (typeof read === "string")
    return { value: undefined, problems: [...duplicates, aliasProblem(read, positions)], locate };
  const result = checked(read.value, limits, locate);
  return { ...result, problems: [...duplicates, ...result.problems] };
}

/** The first document. A second document in the same text is reported as an error of the first. */
function composeDocument(tokens: readonly CST.Token[], text: string): Document.Parsed {
  // Duplicate keys are detected below, because yaml's own check takes quadratic time.
  const composer = new Composer({ uniqueKeys: false, merge: false, schema: "core", version: "1.2" });
  const [document, second] = [...composer.compose(tokens, true, text.length)];
  if (document === undefined) throw new TypeError("yaml composed no document");
  const place: [number, number] = [second?.range[0] ?? 0, second?.range[1] ?? 0];
  if (second !== undefined)
    document.errors.push(
      new YAMLParseError(place, "MULTIPLE_DOCS", "expected a single document, but this is the second"),
    );
  // The documents of a composer are always parsed. Its return type is wider.
  return document as Document.Parsed;
}

function checked(value: unknown, limits: SizeLimits, locate: (place: Place) => Position | null): SourceDocument {
  const { fatal, problems } = checkJson(value, limits);
  const located = problems.map((problem) => ({ ...problem, ...locate({ pointer: problem.pointer, key: true }) }));
  return { value: fatal ? undefined : value, problems: located, locate };
}

function refused(code: ProblemCode, message: string): SourceDocument {
  return { value: undefined, problems: [{ pointer: "", severity: "error", code, message }], locate: () => null };
}

/** In `auto` mode, text is JSON if it parses as a JSON object or list. Everything else is YAML, which includes JSON. */
function isJsonText(text: string, format: SourceFormat): boolean {
  if (format !== "auto") return format === "json";
  return /^\s*[{[]/.test(text) && findJsonError(text) === null;
}

function jsonProblems(text: string, positions: SourcePositions): readonly Problem[] {
  const error = findJsonError(text);
  if (error === null) return [];
  const message = `invalid JSON: ${error.message}`;
  return [{ pointer: "", ...positions.at(error.offset), severity: "error", code: "syntax", message }];
}

function yamlProblems(document: Document.Parsed, positions: SourcePositions): readonly Problem[] {
  // The parser warns about unknown tags and keys that are not text. Neither has a meaning here, so they are errors.
  return [...document.errors, ...document.warnings].map(({ message, pos }) => {
    return {
      pointer: "",
      ...positions.at(pos[0]),
      severity: "error",
      code: "syntax",
      message: `invalid YAML: ${message}`,
    };
  });
}

/** Returns the value, or a message about its aliases. */
function toValue(text: string, json: boolean, document: Document.Parsed): { readonly value: unknown } | string {
  if (json) return { value: JSON.parse(text) };
  try {
    return { value: document.toJS({ maxAliasCount: MAX_ALIAS_COUNT }) };
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function aliasProblem(message: string, positions: SourcePositions): Problem {
  const code = message.startsWith("Excessive") ? "too_large" : "syntax";
  const text = `the aliases cannot be resolved: ${message}`;
  return { pointer: "", ...positions.at(0), severity: "error", code, message: text };
}

interface DuplicateKey {
  readonly path: readonly (string | number)[];
  readonly key: string;
  /** Offset of the second occurrence in the text. */
  readonly offset: number;
}

function duplicateProblem({ path, key, offset }: DuplicateKey, positions: SourcePositions): Problem {
  const message = `duplicate key "${key}"; remove one of them`;
  const pointer = pointerOf([...path, key]);
  return { pointer, ...positions.at(offset), severity: "error", code: "duplicate_key", message };
}

function duplicateKeys(contents: Node | null): readonly DuplicateKey[] {
  const found: DuplicateKey[] = [];
  const open: { readonly node: unknown; readonly path: readonly (string | number)[] }[] = [
    { node: contents, path: [] },
  ];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { node, path } = next;
    if (!isCollection(node) || isAlias(node)) continue;
    const keys = new Set<string>();
    for (const [index, item] of node.items.entries()) {
      if (!isPair(item)) {
        open.push({ node: item, path: [...path, index] });
        continue;
      }
      const key = keyText(item);
      if (keys.has(key)) found.push({ path, key, offset: isNode(item.key) ? (item.key.range?.[0] ?? 0) : 0 });
      keys.add(key);
      open.push({ node: item.value, path: [...path, key] });
    }
  }
  return found;
}

/** Nesting depth of the text, computed without recursion because the parser that follows does recurse. */
function textDepth(tokens: readonly CST.Token[]): number {
  let deepest = 0;
  const open: { readonly token: CST.Token; readonly depth: number }[] = tokens.map((token) => ({ token, depth: 0 }));
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { token, depth } = next;
    deepest = Math.max(deepest, depth);
    if (token.type === "document" && token.value !== undefined) open.push({ token: token.value, depth: depth + 1 });
    if (!CST.isCollection(token)) continue;
    for (const { key, value } of token.items)
      for (const child of [key, value])
        if (child !== undefined && child !== null) open.push({ token: child, depth: depth + 1 });
  }
  return deepest;
}
