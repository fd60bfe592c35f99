import type { Action } from "@batonrun/core/actions";
import { fail } from "./core-fail.js";
import { noop } from "./core-noop.js";
import { sleep } from "./core-sleep.js";
import { httpRequest } from "./http-request.js";
import { reportMarkdown } from "./report-markdown.js";
import { type TextExtractOptions, textExtract } from "./text-extract.js";
import { keywords } from "./text-keywords.js";
import { sentiment } from "./text-sentiment.js";
import { summarize } from "./text-summarize.js";

/** What the worker's operator decides for the actions that reach outside: `roots` and `allowPrivate`. */
export type BuiltInOptions = TextExtractOptions;

export const builtInActions = (options: BuiltInOptions): readonly Action[] => [
  noop,
  sleep,
  fail,
  httpRequest(options),
  textExtract(options),
  sentiment,
  keywords,
  summarize,
  reportMarkdown,
];
