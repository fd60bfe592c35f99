import { renderKnown } from "./known-shapes.js";
import { bullets, codeBlock, escapeText, paragraphs, table, titleOfKey } from "./markdown-text.js";

/** A section for each key, in order; `level` is that of their headings. */
export function renderSections(values: Readonly<Record<string, unknown>>, level: number): string {
  return Object.entries(values)
    .map(([key, value]) => `${heading(titleOfKey(key), level)}\n\n${renderValue(value, level + 1)}`)
    .join("\n\n");
}

/** A heading as deep as Markdown has them. */
export function heading(text: string, level: number): string {
  return `${"#".repeat(Math.min(level, 6))} ${escapeText(text)}`;
}

/** Any value of a workflow as Markdown; sections that it needs inside get headings of `level`. */
function renderValue(value: unknown, level: number): string {
  // A step that failed or was skipped has a null result: a report of the others says so.
  if (value === null || value === undefined) return "*Not available.*";
  if (typeof value === "string") return paragraphs(value) || "*Empty.*";
  if (typeof value !== "object") return escapeText(String(value));
  const known = renderKnown(value);
  if (known !== undefined) return known;
  if (level > maxLevel) return codeBlock(JSON.stringify(value, null, 2), "json");
  return Array.isArray(value) ? renderList(value, level) : renderRecord(recordOf(value), level);
}

const maxLevel = 6;

function renderList(items: readonly unknown[], level: number): string {
  if (items.length === 0) return "*Empty.*";
  if (items.every(isScalar)) return bullets(items.map((item) => escapeText(plainScalar(item))));
  if (items.every(isFlatRecord)) return renderTable(items.map(recordOf));
  const sections = items.map(
    (item, index) => `${heading(itemTitle(item, index), level)}\n\n${renderItem(item, level)}`,
  );
  return sections.join("\n\n");
}

function renderTable(records: readonly Readonly<Record<string, unknown>>[]): string {
  const columns = [...new Set(records.flatMap((record) => Object.keys(record)))];
  const rows = records.map((record) => columns.map((column) => plainScalar(record[column])));
  return table(columns.map(titleOfKey), rows);
}

/** A title has become the heading, so it isn't said again. */
function renderItem(item: unknown, level: number): string {
  if (!hasTitle(item)) return renderValue(item, level + 1);
  const { title: _title, ...rest } = item;
  return renderValue(rest, level + 1);
}

function itemTitle(item: unknown, index: number): string {
  return hasTitle(item) ? item.title : `No. ${index + 1}`;
}

function hasTitle(item: unknown): item is { readonly title: string } {
  return item !== null && typeof item === "object" && "title" in item && typeof item.title === "string";
}

/** Short values first, as a list of facts, then a section for each of the rest. */
function renderRecord(record: Readonly<Record<string, unknown>>, level: number): string {
  const entries = Object.entries(record);
  if (entries.length === 0) return "*Empty.*";
  const facts = entries.filter(([, value]) => isFact(value));
  const lines = facts.map(([key, value]) => `**${escapeText(titleOfKey(key))}:** ${escapeText(plainScalar(value))}`);
  const rest = Object.fromEntries(entries.filter(([, value]) => !isFact(value)));
  return [bullets(lines), renderSections(rest, level)].filter((part) => part !== "").join("\n\n");
}

const maxFactLength = 200;

function isFact(value: unknown): boolean {
  return isScalar(value) && !(typeof value === "string" && value.length > maxFactLength);
}

function isScalar(value: unknown): boolean {
  return value === null || value === undefined || typeof value !== "object";
}

function isFlatRecord(item: unknown): item is object {
  return item !== null && typeof item === "object" && !Array.isArray(item) && Object.values(item).every(isFact);
}

function recordOf(value: object): Readonly<Record<string, unknown>> {
  return { ...value };
}

function plainScalar(value: unknown): string {
  return value === null || value === undefined ? "n/a" : String(value);
}
