import { at, isProgram, isTest, type SourceFile } from "./source-file.js";

const MAX_FILES = 15;
const drawers =
  /(?:^|[-/])(utils?|helpers?|common|constants|types|managers?|services?|components|shared|misc|lib)(?=[./]|$)/;

/** Rules of docs/style.md about files and lines that no rule of Biome can state. */
export function checkTree(files: readonly SourceFile[]): string[] {
  return [
    ...fullFolders(files),
    ...files.filter(isCode).flatMap((file) => [...drawer(file), ...todos(file)]),
    ...files.filter(isProgram).flatMap(casts),
  ];
}

function isCode({ path }: SourceFile): boolean {
  return /\.(ts|mjs|lua)$/.test(path);
}

function fullFolders(files: readonly SourceFile[]): string[] {
  const counts = new Map<string, number>();
  for (const file of files.filter((file) => isCode(file) && !isTest(file))) {
    const folder = file.path.slice(0, Math.max(file.path.lastIndexOf("/"), 0));
    counts.set(folder, (counts.get(folder) ?? 0) + 1);
  }
  return [...counts]
    .filter(([, count]) => count > MAX_FILES)
    .map(([folder, count]) => `${folder}/ has ${count} files, more than ${MAX_FILES}: find the nouns in it (rule 8)`);
}

function drawer(file: SourceFile): string[] {
  const word = drawers.exec(file.path)?.[1];
  return word === undefined
    ? []
    : [`${file.path} is a drawer, "${word}": put each thing where its noun lives (rule 2)`];
}

function todos(file: SourceFile): string[] {
  return [...file.text.matchAll(/(?:\/\/|\/\*|^ *\*|--) *(?:TODO|FIXME|XXX)\b(?!.*#\d)/gm)].map(
    ({ index }) => `${at(file, index)} has a TODO without an issue: name it, as in "TODO #12", or do it (rule 41)`,
  );
}

/** `as` needs a comment on its line or in the two lines above: what does the compiler not see? */
function casts(file: SourceFile): string[] {
  if (!file.path.endsWith(".ts")) return [];
  const lines = file.text.split("\n");
  return codeOf(file.text)
    .split("\n")
    .flatMap((code, index) => {
      if (!/[\w)\]}"] as (?!const\b)[\w{(["]/.test(code) || / in keyof |^\s*(import|export) /.test(code)) return [];
      const isExplained = lines.slice(Math.max(index - 2, 0), index + 1).some((line) => /\/\/|\*\/|^\s*\*/.test(line));
      return isExplained
        ? []
        : [`${file.path}:${index + 1} has an \`as\` without a comment: say what the compiler cannot see (rule 16)`];
    });
}

/** Blank comments, templates, and list items of imports such as `a as b,`; line breaks stay. */
function codeOf(text: string): string {
  const other = /\/\*[\s\S]*?\*\/|\/\/.*|`(?:[^`\\]|\\[\s\S])*`|"(?:[^"\\\n]|\\.)*"|^ {2}(?:type )?\w+ as \w+,$/gm;
  return text.replaceAll(other, (found) => found.replaceAll(/[^\n"]/g, " "));
}
