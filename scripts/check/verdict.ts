import { coreLayers } from "./layers.js";
import type { SourceFile, Violation } from "./source-file.js";

/** What a check has to say. A check that looked at no program file has shown nothing, so it is not good. */
export function verdict(
  files: readonly SourceFile[],
  violations: readonly Violation[],
): { readonly lines: readonly string[]; readonly isGood: boolean } {
  const judged = files.filter(({ path }) => /^(packages|apps)\//.test(path)).length;
  if (judged === 0) {
    return { lines: ["No file of packages/ or apps/ was looked at: is this the root of the project?"], isGood: false };
  }
  const unseen = Object.keys(coreLayers).filter(
    (layer) => !files.some(({ path }) => path.startsWith(`packages/core/src/${layer}/`)),
  );
  if (unseen.length > 0) {
    const folders = unseen.map((layer) => `packages/core/src/${layer}/`).join(", ");
    return {
      lines: [`No file was looked at in ${folders}: take the layer out of layers.ts, or find its files.`],
      isGood: false,
    };
  }
  const lines = violations.map(({ path, line, what, todo }) => `${path}:${line} ${what}\n    ${todo}`);
  const summary = `layers and style: ${files.length} files, ${violations.length} violations`;
  return { lines: [...lines, summary], isGood: violations.length === 0 };
}
