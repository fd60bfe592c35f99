import { isPlainObject } from "@batonrun/node/json";
import { visibleText } from "./visible-text.js";

/**
 * A value as a person reads it: like YAML, with strings of several lines as blocks. It is for eyes only; a script takes
 * `-o json`.
 */
export function valueText(value: unknown): string {
  return visibleText(typeof value === "string" ? value : lines(value, "").join("\n"));
}

function lines(value: unknown, indent: string): readonly string[] {
  if (Array.isArray(value))
    return value.length === 0 ? [`${indent}[]`] : value.flatMap((item) => entry("-", item, indent));
  if (isPlainObject(value)) {
    const entries = Object.entries(value);
    return entries.length === 0 ? [`${indent}{}`] : entries.flatMap(([key, held]) => entry(`${key}:`, held, indent));
  }
  return [`${indent}${scalar(value)}`];
}

function entry(head: string, value: unknown, indent: string): readonly string[] {
  if (typeof value === "string" && value.includes("\n")) {
    const block = value.trimEnd().split("\n");
    return [`${indent}${head}`, ...block.map((line) => `${indent}  ${line}`.trimEnd())];
  }
  if (isNested(value)) {
    const inner = lines(value, `${indent}  `);
    // A list's item begins on the line of its dash.
    if (head !== "-") return [`${indent}${head}`, ...inner];
    return inner.map((line, index) => (index === 0 ? `${indent}- ${line.slice(indent.length + 2)}` : line));
  }
  return [`${indent}${head} ${lines(value, "").join("")}`];
}

function isNested(value: unknown): boolean {
  return Array.isArray(value) ? value.length > 0 : isPlainObject(value) && Object.keys(value).length > 0;
}

function scalar(value: unknown): string {
  return typeof value === "string" ? value : String(value);
}
