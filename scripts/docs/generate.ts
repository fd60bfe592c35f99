import type { SourceFile } from "../check/source-file.js";
import type { Block } from "./blocks.js";

export interface Sources {
  readonly blocks: Readonly<Record<string, Block>>;
  readonly wholePages: Readonly<Record<string, () => string>>;
}

/** The pages as the code says they are: those that differ, and what is wrong with markers and columns that people write. */
export function generate(pages: readonly SourceFile[], { blocks, wholePages }: Sources) {
  const problems: string[] = [];
  const used = new Set<string>();
  function regenerated({ path, text }: SourceFile): string {
    return text.replaceAll(/(<!-- generated:([\w-]+) -->\n)([\s\S]*?)(<!-- \/generated -->)/g, (...match) => {
      const [, open = "", name = "", current = "", close = ""] = match.map(String);
      const block = blocks[name];
      used.add(name);
      if (block === undefined) problems.push(`${path} has a block ${name}, which nothing generates`);
      return block === undefined ? match[0] : `${open}\n${block(current)}\n\n${close}`;
    });
  }
  const made = pages.map((page) => ({ path: page.path, text: wholePages[page.path]?.() ?? regenerated(page) }));
  for (const name of Object.keys(blocks)) if (!used.has(name)) problems.push(`no page has the block ${name}`);
  for (const { path, text } of made) if (text.includes("TO BE WRITTEN")) problems.push(`${path} has an empty column`);
  const changed = made.filter(({ text }, index) => text !== pages[index]?.text);
  return { changed, problems };
}
