import Table from "cli-table3";
import type { Io, Output } from "../io.js";
import type { Colors } from "./colors.js";

/** A column of a list: its title, and what it shows of an item. */
export interface Column<Item> {
  readonly title: string;
  readonly isRight?: true;
  /** In a pipe. */
  text(item: Item): string;
  /** On a terminal, where it differs. */
  look?(item: Item, colors: Colors): string;
}

/** Writes results: JSON, or words that suit the terminal or the pipe. */
export interface Printer {
  readonly isJson: boolean;
  /** Of stdout. */
  readonly colors: Colors;
  readonly isTerminal: boolean;
  /** What `-o json` writes; nothing else goes to stdout then. */
  json(value: unknown): void;
  line(text?: string): void;
  /** For the person only: stderr, and not under `-o json`. */
  note(text: string): void;
  /** A table on a terminal; in a pipe, one line of tab-separated fields per item. */
  list<Item>(items: readonly Item[], columns: readonly Column<Item>[]): void;
}

export interface PrinterOptions {
  readonly isJson: boolean;
  readonly colors: Colors;
}

export function createPrinter(io: Io, { isJson, colors }: PrinterOptions): Printer {
  const { stdout, stderr } = io;
  return {
    isJson,
    colors,
    isTerminal: stdout.isTerminal,
    json: (value) => stdout.write(`${JSON.stringify(value, null, 2)}\n`),
    line: (text = "") => stdout.write(`${text}\n`),
    note(text) {
      if (!isJson) stderr.write(`${text}\n`);
    },
    list: (items, columns) =>
      stdout.isTerminal ? table(stdout, colors, { items, columns }) : fields(stdout, { items, columns }),
  };
}

interface List<Item> {
  readonly items: readonly Item[];
  readonly columns: readonly Column<Item>[];
}

function table<Item>(output: Output, colors: Colors, { items, columns }: List<Item>): void {
  const drawn = new Table({
    head: columns.map(({ title }) => colors.dim(title.toUpperCase())),
    colAligns: columns.map(({ isRight }) => (isRight ? "right" : "left")),
    chars: borderless,
    // The table's own colors would ignore NO_COLOR.
    style: { head: [], border: [], "padding-left": 0, "padding-right": 3 },
  });
  for (const item of items) drawn.push(columns.map(({ look, text }) => look?.(item, colors) ?? text(item)));
  output.write(`${drawn.toString().replace(/ +$/gm, "")}\n`);
}

const borderless = {
  ...{ top: "", "top-mid": "", "top-left": "", "top-right": "", bottom: "", "bottom-mid": "", "bottom-left": "" },
  ...{ "bottom-right": "", left: "", "left-mid": "", mid: "", "mid-mid": "", right: "", "right-mid": "", middle: "" },
};

function fields<Item>(output: Output, { items, columns }: List<Item>): void {
  for (const item of items) {
    output.write(`${columns.map(({ text }) => text(item).replace(/[\t\n\r]+/g, " ")).join("\t")}\n`);
  }
}
