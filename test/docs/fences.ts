/** A fenced block of a Markdown page. */
export interface Fence {
  /** What stands behind the backticks: `sh`, `json`, `text`, `mermaid`. */
  readonly language: string;
  readonly text: string;
  /** Of the opening fence, from 1. */
  readonly line: number;
}

/** A block of commands, and the block that shows what they print, where one follows with nothing between them. */
export interface Command {
  readonly text: string;
  readonly line: number;
  readonly output: Fence | null;
}

export function fencesOf(page: string): readonly Fence[] {
  return [...page.matchAll(/^```(\w*)\n([\s\S]*?)^```$/gm)].map((match) => ({
    language: match[1] ?? "",
    text: match[2] ?? "",
    line: lineAt(page, match.index),
  }));
}

/** Every `sh` block is run; the next block is its output unless it holds commands, too, or a sentence stands before it. */
export function commandsOf(page: string): readonly Command[] {
  const lines = page.split("\n");
  const fences = fencesOf(page);
  return fences.flatMap((fence, index) => {
    if (fence.language !== "sh") return [];
    const next = fences[index + 1];
    const end = fence.line + fence.text.split("\n").length;
    const isOutput =
      next !== undefined &&
      next.language !== "sh" &&
      lines.slice(end, next.line - 1).every((line) => line.trim() === "");
    return [{ text: fence.text, line: fence.line, output: isOutput ? next : null }];
  });
}

function lineAt(text: string, offset: number): number {
  return text.slice(0, offset).split("\n").length;
}
