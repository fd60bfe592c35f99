import { fileURLToPath } from "node:url";
import { isProgram, isTest, readRepository, type SourceFile } from "../check/source-file.js";
import { code, rowsOf, table } from "./table.js";

/** People write what holds; which files keep it and which tests show it is read from their citations. */
export function invariantTable(current: string): string {
  const files = readRepository(fileURLToPath(new URL("../..", import.meta.url)));
  const rows = [...rowsOf(current).values()].map(([id = "", holds = ""]) => [
    id,
    holds,
    keepers(files, id).map(code).join(" "),
    tests(files, id).join("; "),
  ]);
  return table(["", "holds always", "kept in", "shown by"], rows);
}

function keepers(files: readonly SourceFile[], id: string): string[] {
  const mention = new RegExp(`\\b${id}\\b`);
  return files
    .filter((file) => isProgram(file) && mention.test(file.text))
    .map(({ path }) => path.split("/").at(-1) ?? "");
}

/** Tests that cite the id behind their name: `"a claim that is sent twice is one attempt (I7)"`. */
function tests(files: readonly SourceFile[], id: string): string[] {
  const name = new RegExp(`(?:test|it|describe)(?:\\.each)?\\("([^"\\n]*) \\((?:\\w+, )*${id}(?:, \\w+)*\\)"`, "g");
  return files
    .filter(isTest)
    .flatMap(({ path, text }) => [...text.matchAll(name)].map((match) => `${code(path)}: "${match[1]}"`));
}
