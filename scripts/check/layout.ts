import { textOf } from "./layers.js";
import { at, isProgram, type SourceFile } from "./source-file.js";

const layout = "packages/core/src/redis/layout.ts";

/** A key of Redis is spelled in the layout table only: a literal elsewhere, in TypeScript or in Lua, is a second place that knows it. */
export function checkLayout(files: readonly SourceFile[]): string[] {
  const names = [...textOf(files, layout).matchAll(/ at: "(:[^"<]+)/g)].map((match) => match[1] ?? "");
  if (names.length === 0) return [`${layout} lists no key: find the table`];
  // `":steps"`, `${key}:steps`, `":runs:tag:" + tag`, `{b0}:run:1`; but `q .. ':runs'` is BullMQ's queue of runs.
  const key = new RegExp(`(?<!\\b(?:q|queues) \\.\\. )["'\`}](?:${names.join("|")})(?=["'\`$:])|\\{b\\d+\\}`, "g");
  return files
    .filter((file) => isProgram(file) && file.path.startsWith("packages/core/") && file.path !== layout)
    .flatMap((file) =>
      [...withoutComments(file).matchAll(key)].map(
        (match) => `${at(file, match.index)} spells the key ${match[0].slice(1)}: take it from ${layout} (rule 31)`,
      ),
    );
}

/** The text with blanks for comments, so that offsets stay. */
function withoutComments({ path, text }: SourceFile): string {
  const comment = path.endsWith(".lua") ? /--\[\[[\s\S]*?\]\]|--.*/g : /\/\*[\s\S]*?\*\/|\/\/.*/g;
  return text.replaceAll(comment, (found) => found.replaceAll(/[^\n]/g, " "));
}
